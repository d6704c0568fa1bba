/**
 * What a node takes for its answers, and from whom.
 * @module
 */
import type { IncomingJob } from '@weft/network'
import { type CreditPolicy, creditPolicyFor, type PaidJob, type Payee } from '@weft/payments'
import { isFree, type PaymentTerms, type Price, unlessAborted, WeftError } from '@weft/protocol'

export type Charge = {
  /** Not 0: a node that answers for nothing has no charge. */
  price: Price
  payee: Payee
  /** By default what is sensible at the price. */
  policy?: CreditPolicy
}

/** A chain that says nothing for so long is no reason to let a client wait: it asks another node. */
const chainMs = 5_000

/**
 * Looks whether the client's money is good, and takes what it owes of earlier jobs.
 * @throws WeftError `sdk/payment-needed`, `payments/*`, `protocol/cancelled`
 */
export async function openPaidJob(
  { price, payee, policy = creditPolicyFor(price) }: Charge,
  {
    clientPeerId,
    payment,
    job,
    signal,
  }: Pick<IncomingJob, 'clientPeerId' | 'payment' | 'job' | 'signal'>,
): Promise<PaidJob> {
  if (!payment) throw paymentNeeded()
  const { modelCid } = job
  const within = AbortSignal.any([signal, AbortSignal.timeout(chainMs)])
  const opening = payee.openJob(
    { clientPeerId, modelCid, ...payment, price, policy },
    { signal: within },
  )
  try {
    return await unlessAborted(opening, within, 'The look at the chain')
  } catch (error) {
    // Nobody waits for it any more.
    opening.then((job) => job.close()).catch(() => {})
    throw error
  }
}

/** @throws WeftError `sdk/no-payee` */
export function chargeOf({
  price,
  payee,
  tokensPerSecond,
}: {
  price: Price | undefined
  payee: Payee | null
  /** Of this device. */
  tokensPerSecond: number
}): Charge | null {
  if (!price || isFree(price)) return null
  if (payee) return { price, payee, policy: creditPolicyFor(price, tokensPerSecond) }
  throw new WeftError(
    'sdk/no-payee',
    'No network for payments is chosen, so nothing can be earned. Choose one, or serve for nothing.',
  )
}

/** @returns what the quote says of it */
export function termsOf({ payee }: Charge, { maxUnpaidWei }: PaidJob): PaymentTerms {
  return { ...payee.contract, maxUnpaidWei }
}

function paymentNeeded(): WeftError {
  return new WeftError(
    'sdk/payment-needed',
    'This tab answers for a price, and nothing was offered. Connect a wallet, or ask one that answers for nothing.',
  )
}

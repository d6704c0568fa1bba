/**
 * What can go wrong between payer and payee, in words for a person. What can go wrong with a chain is in
 * `chain/chain-errors.ts`.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { formatEther } from 'viem'

/** An amount of the token for people, e.g. `0.25 WEFT`. */
export function amountInWords(wei: bigint): string {
  return `${formatEther(wei)} WEFT`
}

export function overCap(neededWei: bigint, leftWei: bigint): WeftError {
  return new WeftError(
    'payments/over-cap',
    `This may cost ${amountInWords(neededWei)}, and ${amountInWords(leftWei)} is left of what this page may spend. Raise its limit, or ask for a shorter answer.`,
    { facts: [`Needed: ${neededWei} wei`, `Left: ${leftWei} wei`] },
  )
}

export function accountsLost(unknownWei: bigint): WeftError {
  return new WeftError(
    'payments/accounts-lost',
    `${amountInWords(unknownWei)} of what this page may spend was paid, and it has no record of it: its accounts were lost, or its key is used elsewhere. Stop its spending in the wallet and allow it anew; what it has promised stays payable.`,
    { facts: [`Paid and not known of: ${unknownWei} wei`] },
  )
}

export function timeIsOver(expiry: number): WeftError {
  return new WeftError(
    'payments/key-expired',
    'The time for which this page may spend is over. Allow it again in the wallet.',
    { facts: [`It ended at ${new Date(expiry * 1000).toISOString()}.`] },
  )
}

export function wrongContract(): WeftError {
  return new WeftError(
    'payments/wrong-contract',
    'The node is paid on another network. Choose that network in the wallet, or another node.',
  )
}

export function fundsMissing(): WeftError {
  return new WeftError(
    'payments/no-funds',
    'The chain knows of no money that this key may spend. Deposit, or wait until the deposit is confirmed.',
  )
}

export function fundsEnded(expiry: number): WeftError {
  return new WeftError('payments/funds-ended', 'This key may spend no more: its time is over.', {
    facts: [`It ended at ${new Date(expiry * 1000).toISOString()}.`],
  })
}

export function badGrant(): WeftError {
  return new WeftError(
    'payments/grant',
    'The grant is not signed by the key that it names. Ask for a new one.',
  )
}

export function badVoucher(what: string): WeftError {
  return new WeftError('payments/voucher', `The voucher was refused: ${what}.`)
}

export function overPromised(promisedWei: bigint, payableWei: bigint): WeftError {
  return new WeftError(
    'payments/over-promised',
    'The voucher promises more than there is left of what this key may spend.',
    { facts: [`Promised: ${promisedWei} wei`, `Payable: ${payableWei} wei`] },
  )
}

export function unpaid(unpaidWei: bigint): WeftError {
  return new WeftError(
    'payments/unpaid',
    `The node stopped: ${amountInWords(unpaidWei)} of what it had sent was not paid.`,
    { facts: [`Unpaid: ${unpaidWei} wei`] },
  )
}

/** @param lostWei - 0 where it is only too early: a stranger's other job runs */
export function owesTooMuch(lostWei: bigint): WeftError {
  const message =
    lostWei > 0n
      ? `The node answers no more jobs on credit: ${amountInWords(lostWei)} of earlier ones was not paid.`
      : 'The node answers one thing at a time until it was paid for one. Try again in a moment.'
  return new WeftError('payments/owes', message, { facts: [`Not paid: ${lostWei} wei`] })
}

export function capUsed(): WeftError {
  return new WeftError(
    'payments/cap-used',
    'All that this page may spend is promised already. Raise its limit, or wait until the raise is confirmed.',
  )
}

export function tooManyLooks(): WeftError {
  return new WeftError(
    'payments/too-many-looks',
    'Too many whom it does not know asked this node to look at the chain. Try again in a minute, or ask another.',
  )
}

export function redeemsFirst(unredeemedWei: bigint): WeftError {
  return new WeftError(
    'payments/redeems-first',
    'The node first brings what it was promised to the chain. Try again in a few minutes, or ask another.',
    { facts: [`Not redeemed: ${unredeemedWei} wei`] },
  )
}

export function noAnswer(): WeftError {
  return new WeftError(
    'payments/no-answer',
    'The wallet has not answered for ten minutes. Nothing is lost: redeem again, and decline what it may still ask.',
  )
}

export function tooManyLanes(most: number): WeftError {
  return new WeftError(
    'payments/too-many-lanes',
    `The node keeps ${most} accounts that this money pays, and no more of one payer. Ask another node.`,
  )
}

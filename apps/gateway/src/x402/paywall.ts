/**
 * x402 `exact`: who has no key is told a price (402), comes again with an EIP-3009 authorisation of the token, and
 * pays when the answer has come. The stock middleware keeps a whole answer back until it is paid, charges after an
 * abort, and lets one payment serve two requests at once, so this is our own, on the public parts of `@x402/core`.
 * https://github.com/coinbase/x402/blob/main/specs/x402-specification-v2.md
 * @module
 */
import type { Price } from '@weft/protocol'
import {
  decodePaymentSignatureHeader,
  encodePaymentRequiredHeader,
  encodePaymentResponseHeader,
} from '@x402/core/http'
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import { z } from 'zod'
import { type Admission, type AskInit, nothingSettled } from '../access/asker.ts'
import { worstCostWei } from '../access/worst-cost.ts'
import type { ChainConfig, X402Config } from '../config.ts'
import { Refusal, retryAfter } from '../http/api-failure.ts'
import type { SharedState } from '../state/shared-state.ts'
import type { Facilitator, Settlement } from './facilitator.ts'

export interface Paywall {
  /** @throws Refusal with status 402 */
  admit(init: AskInit): Promise<Admission>
}

export type PaywallInit = {
  terms: Pick<X402Config, 'payTo' | 'price' | 'minimumWei'>
  chain: Pick<ChainConfig, 'chainId' | 'token'>
  facilitator: Facilitator
  state: SharedState
  /** How long a request may last: an authorisation has to outlive it. */
  requestMs: number
  onPayment?: (outcome: 'settled' | 'failed' | 'refused') => void
}

/** From the last token to the block in which it is paid. */
const settleSeconds = 120
/** How long a wallet is refused whose payment failed, for whatever reason. */
const unpaidMs = 3_600_000

/** What an EIP-3009 payment says; its signature the facilitator checks. */
const paymentSchema = z.object({
  payload: z.object({
    authorization: z.object({
      from: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
      nonce: z.string().regex(/^0x[0-9a-fA-F]{64}$/),
    }),
  }),
})

export function createPaywall(init: PaywallInit): Paywall {
  const { terms, chain, facilitator, state, requestMs, onPayment = () => {} } = init
  const network = `eip155:${chain.chainId}` as const
  const maxTimeoutSeconds = Math.ceil(requestMs / 1000) + settleSeconds

  const requirementsFor = (body: Record<string, unknown>): PaymentRequirements => ({
    scheme: 'exact',
    network,
    asset: chain.token,
    amount: `${priceOf(terms, body)}`,
    payTo: terms.payTo,
    maxTimeoutSeconds,
    extra: { name: 'Weft', version: '1' },
  })

  return {
    async admit({ request, body }) {
      const requirements = requirementsFor(body)
      const refuse = (reason: string) => {
        onPayment('refused')
        return paymentRequired(request.url, requirements, reason)
      }
      const header = request.headers.get('payment-signature')
      if (!header) throw paymentRequired(request.url, requirements, 'Payment is required')
      const read = readPayment(header)
      if (!read) throw refuse('The payment cannot be read')
      const { payment, from, nonce } = read
      const heldMs = 1_000 * maxTimeoutSeconds
      // Verifying does not use a payment up: until it is settled it would serve any number of requests.
      const held = `x402/nonce/${network}/${chain.token}/${from}/${nonce}`.toLowerCase()
      if (!(await state.claim(held, heldMs))) {
        throw refuse('This payment is in use')
      }
      const verified = await facilitator
        .verify(payment, requirements)
        .catch(() => ({ isValid: false, invalidReason: 'It could not be verified' }))
      if (!verified.isValid) {
        await state.release(held)
        throw refuse(verified.invalidReason ?? 'The payment is not valid')
      }
      // Nor does it set money aside: one balance would be shown for any number of answers at once. Only behind the
      // signature, or anybody could keep a wallet out.
      const wallet = `x402/wallet/${network}/${from}`
      if (!(await state.claim(wallet, heldMs))) {
        await state.release(held)
        onPayment('refused')
        throw walletBusy()
      }
      const unpaid = `x402/unpaid/${network}/${from}`
      if ((await state.read(unpaid)) > 0n) {
        await Promise.all([state.release(held), state.release(wallet)])
        throw refuse('An answer to this wallet was not paid; it may ask again in an hour')
      }
      return {
        owner: `wallet/${from}`,
        async end({ isDelivered }) {
          if (!isDelivered) {
            await Promise.all([state.release(held), state.release(wallet)])
            return nothingSettled
          }
          const settled = await settle(facilitator, payment, requirements)
          onPayment(settled.success ? 'settled' : 'failed')
          if (!settled.success) await state.add(unpaid, 1n, unpaidMs)
          await state.release(wallet)
          const response = encodePaymentResponseHeader({ ...settled, network })
          const headers: [string, string][] = [['payment-response', response]]
          if (settled.success) return { headers, refusal: null }
          const reason = settled.errorReason ?? 'The payment was not settled'
          return { headers, refusal: paymentRequired(request.url, requirements, reason) }
        },
      }
    },
  }
}

/** For all that a request can cost, since `exact` takes the sum that was signed. */
function priceOf(
  { price, minimumWei }: { price: Price; minimumWei: bigint },
  body: Record<string, unknown>,
): bigint {
  const worstWei = worstCostWei(body, price)
  return worstWei > minimumWei ? worstWei : minimumWei
}

function readPayment(header: string) {
  try {
    const payment = decodePaymentSignatureHeader(header) as PaymentPayload
    const { authorization } = paymentSchema.parse(payment).payload
    return { payment, from: authorization.from.toLowerCase(), nonce: authorization.nonce }
  } catch {
    return null
  }
}

async function settle(
  facilitator: Facilitator,
  payment: PaymentPayload,
  requirements: PaymentRequirements,
): Promise<Settlement> {
  try {
    return await facilitator.settle(payment, requirements)
  } catch {
    return { success: false, errorReason: 'The chain does not answer', transaction: '' }
  }
}

function walletBusy(): Refusal {
  const message = 'This wallet pays for another answer just now. Ask again when that one has come.'
  return new Refusal('gateway/wallet-busy', message, {
    status: 429,
    type: 'requests',
    word: 'rate_limit_exceeded',
    headers: retryAfter(1_000),
  })
}

function paymentRequired(url: string, accepts: PaymentRequirements, reason: string): Refusal {
  const header = encodePaymentRequiredHeader({
    x402Version: 2,
    error: reason,
    resource: { url, description: 'An answer of Weft', mimeType: 'application/json' },
    accepts: [accepts],
  })
  const message = `${reason}. The header payment-required says what to pay; see https://x402.org.`
  return new Refusal('gateway/payment-required', message, {
    status: 402,
    type: 'payment_required',
    word: 'payment_required',
    headers: [
      ['payment-required', header],
      ['cache-control', 'no-store'],
    ],
  })
}

/**
 * Nodes that lie, each in one way that a client can notice today. Not among them: wrong tokens or an early
 * end under an honest-looking receipt, which only who computes the answer again can notice; and other text
 * than the tokens spell in an answer that is cut before its receipt.
 * @module
 */
import type { IncomingJob } from '@weft/network'
import {
  type Delta,
  type PrivateKey,
  type Quote,
  type Receipt,
  signQuote,
  signReceipt,
} from '@weft/protocol'

export const lies = [
  'other-job',
  'forged-quote',
  'expired-quote',
  'never-quotes',
  'always-busy',
  'skips-tokens',
  'repeats-tokens',
  'too-much-text',
  'other-text',
  'forged-receipt',
  'other-chain',
  'more-tokens',
  'no-receipt',
  'says-cancelled',
  'drips',
  'boasts',
  'broken-frames',
] as const
export type Lie = (typeof lies)[number]

/** How much faster than it is a node says it is. */
export const boast = 100
const dripMs = 4_000

/** An incoming job as a liar treats it; `boasts` and `broken-frames` lie elsewhere. */
export function lyingJob(job: IncomingJob, lie: Lie, privateKey: PrivateKey): IncomingJob {
  const signedQuote = ({ signature: _, ...quote }: Quote, change: Partial<Quote>) =>
    signQuote({ ...quote, ...change }, privateKey)
  const signedReceipt = ({ signature: _, ...receipt }: Receipt, change: Partial<Receipt>) =>
    signReceipt({ ...receipt, ...change }, privateKey)
  const plain: IncomingJob = {
    job: job.job,
    answered: job.answered,
    clientPeerId: job.clientPeerId,
    payment: job.payment,
    signal: job.signal,
    closed: job.closed,
    handleVouchers: (take) => job.handleVouchers(take),
    refuse: (error, retryAfterMs) => job.refuse(error, retryAfterMs),
    queue: (place) => job.queue(place),
    quote: (quote) => job.quote(quote),
    send: (delta) => job.send(delta),
    finish: (receipt) => job.finish(receipt),
    fail: (error) => job.fail(error),
  }
  const quoting = (change: (quote: Quote) => Quote): IncomingJob => ({
    ...plain,
    quote: (quote) => job.quote(change(quote)),
  })
  const sending = (change: (delta: Delta) => Delta): IncomingJob => ({
    ...plain,
    send: (delta) => job.send(change(delta)),
  })
  const finishing = (change: (receipt: Receipt) => Receipt): IncomingJob => ({
    ...plain,
    finish: (receipt) => job.finish(change(receipt)),
  })
  switch (lie) {
    case 'other-job':
      return quoting((quote) => signedQuote(quote, { jobId: new Uint8Array(32) }))
    case 'forged-quote':
      return quoting((quote) => ({ ...quote, signature: forged(quote.signature) }))
    case 'expired-quote':
      return quoting((quote) => signedQuote(quote, { expiresAtMs: 1 }))
    case 'never-quotes':
      return { ...plain, quote: () => gone(job) }
    case 'always-busy':
      return { ...plain, quote: () => busy(job) }
    case 'skips-tokens':
      return sending((delta) => (delta.index < 4 ? delta : { ...delta, index: delta.index + 1 }))
    case 'repeats-tokens':
      return sending((delta) => (delta.index < 4 ? delta : { ...delta, index: delta.index - 1 }))
    case 'too-much-text':
      return sending((delta) => ({ ...delta, text: 'blah '.repeat(10_000) }))
    case 'other-text':
      return finishing((receipt) => signedReceipt(receipt, { textHash: new Uint8Array(32) }))
    case 'forged-receipt':
      return finishing((receipt) => ({ ...receipt, signature: forged(receipt.signature) }))
    case 'other-chain':
      return finishing((receipt) => signedReceipt(receipt, { tokenChain: [new Uint8Array(32)] }))
    case 'more-tokens':
      return finishing((receipt) =>
        signedReceipt(receipt, { outputTokens: receipt.outputTokens + 1 }),
      )
    case 'no-receipt':
      return { ...plain, finish: () => gone(job) }
    case 'says-cancelled':
      return finishing((receipt) => signedReceipt(receipt, { finishReason: 'cancelled' }))
    case 'drips':
      return { ...plain, send: (delta) => drip(job, delta) }
    case 'boasts':
    case 'broken-frames':
      return plain
  }
}

function forged(signature: Uint8Array): Uint8Array {
  return signature.map((byte, index) => (index === 40 ? byte ^ 1 : byte))
}

/** Says nothing more until the client has given up. */
async function gone({ signal }: IncomingJob): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  throw new Error('The client has left.')
}

async function busy(job: IncomingJob): Promise<never> {
  await job.refuse({ code: 'sdk/busy', message: 'This tab already runs 4 jobs. Ask another one.' })
  throw new Error('Refused.')
}

async function drip(job: IncomingJob, delta: Delta): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, dripMs))
  await job.send(delta)
}

/**
 * What one node does of an answer: until its receipt, until it is lost, or until another is ready
 * while it is late.
 * @module
 */
import type { CallPart, JobCall } from '@weft/network'
import { type Voucher, WeftError } from '@weft/protocol'
import type { NodePayment } from './node-payment.ts'
import type { WaitOptions } from './tab.ts'

export type StintInit = {
  call: JobCall
  nonce: Uint8Array
  /** Asks another node for the rest, as of now. */
  openNext: () => Promise<JobCall>
  /** Round trip to the node, milliseconds; null while unknown. */
  rttMs: () => number | null
  /** Null for a node that answers for nothing. */
  bill: NodePayment | null
  /** For a prompt that is paid ahead. */
  voucher: Voucher | null
}

/** Null behind the receipt; else why the node is given up, and who is ready instead, if anybody. */
export type StintEnd = { error: WeftError; next: JobCall | null } | null

/** No token for so long, and another node is asked; many times a usual gap, and a person notices. */
const leastLateMs = 500
/** However slow it is: one that drips would otherwise set its own pace. */
const mostLateMs = 3_000
const gapsUntilLate = 10
/** Tokens may wait for one trip of credit, and for a second one where a packet was lost. */
const roundTripsUntilLate = 2
/** Of the first token: a prompt is read at least this fast where the answer is worth waiting for. */
const firstLateMs = 4_000
const lateMsPerInputToken = 20

type Outcome =
  | { type: 'part'; result: IteratorResult<CallPart> }
  | { type: 'lost'; error: unknown }
  | { type: 'next'; call: JobCall }
  | { type: 'late' }

/** @throws CancelledError when the signal ended the wait; all else is in the end that is returned */
export async function* stint(
  { call, nonce, openNext, rttMs, bill, voucher }: StintInit,
  { signal }: WaitOptions,
): AsyncGenerator<CallPart, StintEnd> {
  const givenUp = new AbortController()
  const signals = signal ? [signal, givenUp.signal] : [givenUp.signal]
  const accepted = { signal: AbortSignal.any(signals), voucher }
  const parts = call
    .accept(nonce, bill ? { ...accepted, lastVoucher: () => bill.settle() } : accepted)
    [Symbol.asyncIterator]()
  const gaps = createGaps(firstLateMs + lateMsPerInputToken * call.quote.inputTokens)
  let isOver = false
  try {
    for (;;) {
      const part = take(parts)
      let outcome = await Promise.race([
        part,
        late(gaps.lateMs() + roundTripsUntilLate * (rttMs() ?? 0), part),
      ])
      if (outcome.type === 'late') outcome = await askNext(part, openNext)
      if (signal?.aborted && outcome.type !== 'part') {
        if (outcome.type === 'next') outcome.call.decline()
        outcome = await part
      }
      if (outcome.type === 'next') {
        return { error: lateError(call), next: outcome.call }
      }
      if (outcome.type === 'lost') {
        isOver = true
        const { error } = outcome
        if (signal?.aborted) throw error
        return { error: WeftError.from(error, 'network/node-lost', 'The node failed.'), next: null }
      }
      if (outcome.type === 'late' || outcome.result.done) {
        isOver = true
        return null
      }
      gaps.push()
      yield outcome.result.value
    }
  } finally {
    if (!isOver) {
      givenUp.abort()
      // It is told to stop and may still sign what it did; nobody waits for that.
      void parts.return?.().catch(() => {})
    }
  }
}

function take(parts: AsyncIterator<CallPart>): Promise<Outcome> {
  return parts.next().then(
    (result) => ({ type: 'part', result }),
    (error) => ({ type: 'lost', error }),
  )
}

async function late(ms: number, part: Promise<Outcome>): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ type: 'late' }), ms)
  })
  // The timer ends with whichever comes first.
  void part.finally(() => clearTimeout(timer))
  return timeout
}

/** Whichever comes first, the late part or another node that is ready; the other one is let go. */
async function askNext(part: Promise<Outcome>, openNext: () => Promise<JobCall>): Promise<Outcome> {
  const next = openNext()
  const ready = next.then(
    (call): Outcome => ({ type: 'next', call }),
    () => part,
  )
  const outcome = await Promise.race([part, ready])
  if (outcome.type !== 'next') next.then((call) => call.decline()).catch(() => {})
  return outcome
}

function createGaps(firstMs: number) {
  const recent: number[] = []
  let lastMs: number | null = null
  return {
    push() {
      const nowMs = performance.now()
      if (lastMs !== null) recent.push(nowMs - lastMs)
      if (recent.length > 32) recent.shift()
      lastMs = nowMs
    },
    lateMs(): number {
      if (lastMs === null) return firstMs
      const usual = recent.toSorted((a, b) => a - b)[recent.length >> 1] ?? leastLateMs
      return Math.min(mostLateMs, Math.max(leastLateMs, gapsUntilLate * usual))
    },
  }
}

function lateError({ nodePeerId }: JobCall): WeftError {
  return new WeftError('network/late', 'The node stopped answering, and another one was ready.', {
    facts: [`Node: ${nodePeerId}`],
  })
}

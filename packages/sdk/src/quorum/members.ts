/**
 * Those who answer one job at once: found one after the other, begun together, told in the order in which things
 * happen.
 * @module
 */
import { pause, WeftError } from '@weft/protocol'
import type { AnswerRecord } from '@weft/storage'
import {
  type AnswerElsewhereComponents,
  answerElsewhere,
  type RoadEvent,
  type Sealed,
} from '../answer-elsewhere.ts'
import type { TakenNodes } from '../node-search.ts'

/** All of it changes as its events are read, so that it is never ahead of what was told. */
export type Member = {
  answer: AnswerRecord
  state: 'searching' | 'answering' | 'ended' | 'failed'
  /** A node has quoted, so there is something to be paid or compared. */
  hasBegun: boolean
  /** Of one that failed. */
  error: unknown
}

export type MemberEvent =
  | { type: 'queued' | 'other'; member: Member; event: RoadEvent }
  | { type: 'failed'; member: Member; error: unknown }

type Members = {
  members: readonly Member[]
  /** @returns null when nothing has come by then. @param endMs by `performance.now()`; may be infinite */
  next(endMs: number): Promise<MemberEvent | null>
  /** It signs for what it has said, or gives up. @returns whether it was not told before */
  stop(member: Member): boolean
}

/** From the first quote on, for the others to quote: a node waits for its nonce for ten seconds. */
const gatherMs = 4_000
/** The next one searches when the one before has a quote, or after this: two would ask the same nodes. */
const staggerMs = 400

export function openMembers(
  components: AnswerElsewhereComponents,
  { job, nonce, size, empty }: Sealed & { size: number; empty: AnswerRecord },
  { signal }: { signal: AbortSignal | undefined },
): Members {
  const taken: TakenNodes = new Map()
  const events: MemberEvent[] = []
  let wake = Promise.withResolvers<void>()
  const push = (event: MemberEvent) => {
    events.push(event)
    wake.resolve()
  }
  const stops = new Map<Member, AbortController>()
  /** Whoever searches will find nobody any more, has found somebody, or waits for the others. */
  const settled: Promise<void>[] = []
  const gate = Promise.withResolvers<void>()
  const everybody = () => Promise.all(settled).then(() => {})

  async function answer(member: Member, { signal: ends }: Ends, settle: () => void): Promise<void> {
    const road = answerElsewhere({ ...components, taken }, { job, nonce }, { signal: ends })
    let hasBegun = false
    for await (const event of road) {
      push({ type: event.type === 'queued' ? 'queued' : 'other', member, event })
      if (event.type !== 'node-chosen' || hasBegun) continue
      hasBegun = true
      settle()
      // What follows tells the node the nonce.
      if (!ends.aborted) await Promise.race([gate.promise, aborted(ends)])
    }
  }

  async function run(member: Member, stop: AbortSignal, settle: () => void): Promise<void> {
    const ends = { signal: signal ? AbortSignal.any([signal, stop]) : stop }
    try {
      await answer(member, ends, settle).catch(async (error) => {
        if (!isNobody(error) || member.hasBegun) throw error
        // Another member may have held whom it could have asked.
        settle()
        await everybody()
        await answer(member, ends, settle)
      })
    } catch (error) {
      push({ type: 'failed', member, error })
    } finally {
      settle()
    }
  }

  const members = Array.from({ length: size }, (): Member => {
    return { answer: empty, state: 'searching', hasBegun: false, error: null }
  })
  void (async () => {
    for (const member of members) {
      const stop = new AbortController()
      const { promise, resolve } = Promise.withResolvers<void>()
      stops.set(member, stop)
      settled.push(promise)
      void promise.then(() => openGateLater())
      void run(member, stop.signal, resolve)
      await Promise.race([promise, pause(staggerMs)])
    }
    void everybody().then(gate.resolve)
  })()
  let isOpening = false
  function openGateLater(): void {
    if (isOpening) return
    isOpening = true
    void pause(gatherMs).then(gate.resolve)
  }

  return {
    members,
    async next(endMs) {
      while (events.length === 0) {
        const leftMs = endMs - performance.now()
        if (leftMs <= 0) return null
        wake = Promise.withResolvers()
        const late = new AbortController()
        // A timer of more than 24 days would fire at once.
        const time = Number.isFinite(leftMs) ? [pause(leftMs, late.signal)] : []
        await Promise.race([wake.promise, ...time])
        late.abort()
      }
      return events.shift() ?? null
    },
    stop(member) {
      const stop = stops.get(member)
      if (!stop || stop.signal.aborted || member.state === 'ended' || member.state === 'failed') {
        return false
      }
      stop.abort()
      return true
    },
  }
}

type Ends = { signal: AbortSignal }

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

function isNobody(error: unknown): boolean {
  return WeftError.is(error) && error.code === 'sdk/no-nodes'
}

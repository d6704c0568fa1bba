/**
 * Continuous batching: sequences join and leave between any two steps. Each round reads one chunk of
 * one prompt and then decodes one token for every sequence that is past its prompt, so that a long
 * prompt never stops the others for longer than one chunk takes.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Decoder } from '../decoder/decoder.ts'
import { cacheBytes } from '../decoder/kv-cache.ts'
import { breathe } from './breath.ts'
import { createDecodeGroups } from './decode-groups.ts'
import { decodeStep } from './decode-step.ts'
import { disposeLane, type Lane, openLane, readPrompt, stopped } from './lane.ts'
import { createPrefixCache } from './prefix-cache.ts'
import type { Sequence } from './sequence.ts'

export type StepTiming = {
  type: 'prefill' | 'decode'
  /** Sequences in the step. */
  rows: number
  /** New tokens of each row. */
  tokens: number
  /** From the first tensor made to the last one read. */
  forwardMs: number
  /** Sampling, text and queues of all rows. */
  takeMs: number
}

export type SchedulerInit = {
  decoder: Decoder
  /** Rows that decode in one step, at most. */
  batchSize: number
  /** Tokens of a prompt that are read in one step. */
  chunkTokens: number
  /** Positions of a chunk whose logits are wanted, at most: each costs a vocabulary's memory. */
  maxOutputs: number
  maxPrefixBytes: number
  /** How long tokens may stay unseen while the device computes the next ones. */
  maxAheadMs: number
  onStep?: (timing: StepTiming) => void
}

export type Scheduler = {
  add(sequence: Sequence): void
  /** A sequence is wanted again, or was aborted. */
  wake(): void
  memory(): { runningJobs: number; kvBytes: number; prefixBytes: number; maxPrefixBytes: number }
  /** Every sequence ends with `reason`; frees the caches. */
  close(reason: WeftError): Promise<void>
}

/** Sequences with a cache at one time; others wait, in order, without memory. */
const maxOpenLanes = 32

/** Tokens between two looks at the device; the last answer to end has as many computed for nothing. */
const maxStepsAhead = 4

export function createScheduler(init: SchedulerInit): Scheduler {
  const { decoder, batchSize, maxPrefixBytes, maxAheadMs } = init
  const prefixes = createPrefixCache({ decoder, maxBytes: maxPrefixBytes })
  const groups = createDecodeGroups({ decoder, batchSize })
  let waiting: Sequence[] = []
  let lanes: Lane[] = []
  let closed: WeftError | undefined
  let running: Promise<void> | undefined
  let resume = (): void => {}
  // Of one decoded token, when last seen.
  let tokenMs = Number.POSITIVE_INFINITY

  const leave = (lane: Lane, error: WeftError | null): void => {
    if (!lanes.includes(lane)) return
    lanes = lanes.filter((each) => each !== lane)
    if (!error && lane.sequence.keepsPrefix) keepPrefix(lane)
    groups.remove(lane)
    disposeLane(lane)
    if (!lane.sequence.signal.aborted) lane.sequence.end(error)
  }
  const keepPrefix = (lane: Lane): void => {
    const held = groups.heldBy(lane)
    try {
      prefixes.keep(held)
    } catch {
      prefixes.clear() // No memory for a copy that only saves time.
    }
  }
  const openWaiting = (): void => {
    waiting = waiting.filter(({ signal }) => !signal.aborted)
    while (lanes.length < maxOpenLanes) {
      const next = waiting.shift()
      if (!next) return
      lanes.push(openLane(decoder, next))
    }
  }
  const readChunk = async (): Promise<boolean> => {
    const lane = lanes.find(({ phase }) => phase === 'reading')
    if (!lane) return false
    // To the end of the line: prompts take turns chunk by chunk.
    lanes = [...lanes.filter((each) => each !== lane), lane]
    await attempt([lane], async () => {
      const others = lanes.filter((each) => each !== lane).map(groups.heldBy)
      await readPrompt(lane, { ...init, prefixes, others })
    })
    if (lane.phase === 'over') leave(lane, lane.failure)
    return true
  }
  const decode = async (): Promise<boolean> => {
    const ready = lanes.filter(({ phase, sequence }) => phase === 'decoding' && sequence.isWanted())
    // Where memory for one more row cannot be found, the last to come gives way.
    const arranged = await attempt(ready.slice(-1), () => groups.arrange(ready))
    const nobodyWaits = waiting.length === 0 && lanes.every(({ phase }) => phase === 'decoding')
    const stepsAhead = nobodyWaits ? Math.min(maxStepsAhead, Math.floor(maxAheadMs / tokenMs)) : 1
    for (const group of arranged ?? []) {
      const members = group.rows.filter((lane) => lane !== undefined)
      const work = () => decodeStep(group, { ...init, stepsAhead })
      tokenMs = (await attempt(members, work)) ?? tokenMs
      for (const lane of members) if (lane.phase === 'over') leave(lane, lane.failure)
    }
    return ready.length > 0
  }
  /**
   * A failure ends the sequences that it concerns, and no others. Short of memory, what only saves
   * time is dropped first, and the work tried once more.
   */
  const attempt = async <Result>(
    concerned: readonly Lane[],
    work: () => Promise<Result>,
  ): Promise<Result | undefined> => {
    try {
      return await work().catch((error) => {
        if (!isOutOfMemory(error) || !prefixes.clear()) throw error
        return work()
      })
    } catch (error) {
      const failure = stopped(error)
      for (const lane of concerned) leave(lane, failure)
      return undefined
    }
  }
  const dropAborted = (): void => {
    for (const lane of lanes.filter(({ sequence }) => sequence.signal.aborted)) leave(lane, null)
  }

  const run = async (): Promise<void> => {
    while (!closed) {
      dropAborted()
      openWaiting()
      if (lanes.length === 0) return
      const woken = new Promise<void>((resolve) => {
        resume = resolve
      })
      const hasRead = await readChunk()
      const hasDecoded = await decode()
      await (hasRead || hasDecoded ? breathe() : woken)
    }
  }
  const start = (): void => {
    running ??= run()
      .catch((error) => {
        closed ??= stopped(error)
        endAll(closed)
      })
      .finally(() => {
        running = undefined
        if (!closed && waiting.length > 0) start()
      })
  }
  const endAll = (reason: WeftError): void => {
    for (const lane of lanes) leave(lane, reason)
    for (const sequence of waiting.splice(0)) if (!sequence.signal.aborted) sequence.end(reason)
    prefixes.clear()
  }
  return {
    add(sequence) {
      if (closed) throw closed
      waiting.push(sequence)
      resume()
      start()
    },
    wake: () => resume(),
    memory: () => ({
      runningJobs: lanes.length + waiting.length,
      kvBytes: groups.bytes() + lanes.reduce((sum, { cache }) => sum + cacheBytes(cache), 0),
      prefixBytes: prefixes.bytes,
      maxPrefixBytes,
    }),
    async close(reason) {
      closed ??= reason
      resume()
      await running
      endAll(reason)
    },
  }
}

function isOutOfMemory(error: unknown): boolean {
  return WeftError.is(error) && error.code === 'engine/out-of-memory'
}

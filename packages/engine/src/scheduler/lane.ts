/**
 * A sequence under way with what it has read.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Decoder } from '../decoder/decoder.ts'
import type { KeptStates } from '../decoder/kept-states.ts'
import { disposeCache, type KvCache } from '../decoder/kv-cache.ts'
import type { Held, PrefixCache } from './prefix-cache.ts'
import type { StepTiming } from './scheduler.ts'
import type { Output, Sequence } from './sequence.ts'

export type Lane = {
  readonly sequence: Sequence
  phase: 'reading' | 'decoding' | 'over'
  /** One row; empty while the sequence is a row of a group. */
  cache: KvCache
  /** Everything read. */
  tokens: number[]
  /** To be read next, once decoding. */
  next: number
  cachedTokens: number
  /** Behind the prompt, of those that were not handed out. */
  states: KeptStates | null
  /** What its own sequence failed with; it is then over. */
  failure: WeftError | null
}

export function openLane(decoder: Decoder, sequence: Sequence): Lane {
  return {
    sequence,
    phase: 'reading',
    cache: decoder.createCache(),
    tokens: [],
    next: 0,
    cachedTokens: 0,
    states: sequence.statesEvery === null ? null : decoder.keepStates(sequence.statesEvery),
    failure: null,
  }
}

export type ReadInit = {
  decoder: Decoder
  chunkTokens: number
  /** Positions of a chunk whose logits are wanted, at most. */
  maxOutputs: number
  prefixes: PrefixCache
  /** What other sequences have read so far. */
  others: Iterable<Held>
  onStep?: (timing: StepTiming) => void
}

/** Reads the next chunk of a prompt, or takes over what another has read of the same. */
export async function readPrompt(lane: Lane, init: ReadInit): Promise<void> {
  const { decoder, chunkTokens, maxOutputs, prefixes, others } = init
  const { prompt, firstOutput, statesEvery, keepsPrefix, logitsNeeded } = lane.sequence
  const better = lane.tokens.length
  const source = keepsPrefix
    ? prefixes.find(prompt, { others, atMost: firstOutput, better })
    : undefined
  if (source) {
    const copied = decoder.join([source])
    await decoder.confirm(copied)
    disposeCache(lane.cache)
    lane.cache = copied
    lane.tokens = prompt.slice(0, source.length)
    lane.cachedTokens += source.length - better
  }
  const start = lane.tokens.length
  const firstWanted = Math.max(start, firstOutput)
  const chunk = prompt.slice(start, Math.min(start + chunkTokens, firstWanted + maxOutputs))
  const end = start + chunk.length
  const positions: number[] = []
  for (let position = firstWanted; position < end; position++) {
    positions.push(position - start)
  }
  const startedMs = performance.now()
  const { logits, hiddenStates } = await decoder.forward(lane.cache, {
    tokens: [chunk],
    // A graph computes some position's logits in any case.
    positions: positions.length > 0 ? positions : [chunk.length - 1],
    hiddenStates: statesEvery !== null && positions.length > 0,
    logitsNeeded: positions.length > 0 ? (logitsNeeded ?? null) : 1,
  })
  const forwardMs = performance.now() - startedMs
  lane.tokens.push(...chunk)
  positions.forEach((offset, index) => {
    takeOutput(lane, {
      position: start + offset,
      logits: logits[0]?.[index] as Float32Array,
      hiddenStates: hiddenStates?.[0]?.slice(index, index + 1) ?? [],
    })
  })
  const takeMs = performance.now() - startedMs - forwardMs
  init.onStep?.({ type: 'prefill', rows: 1, tokens: chunk.length, forwardMs, takeMs })
}

/** Frees what it holds. */
export function disposeLane({ cache, states }: Lane): void {
  disposeCache(cache)
  states?.dispose()
}

/** Hands an output to the sequence and notes what it wants next, or that it failed. */
export function takeOutput(lane: Lane, output: Omit<Output, 'cachedTokens'>): void {
  if (lane.phase === 'over' || lane.sequence.signal.aborted) return
  try {
    const next = lane.sequence.take({ ...output, cachedTokens: lane.cachedTokens })
    if (output.position + 1 < lane.sequence.prompt.length) return
    lane.phase = next === null ? 'over' : 'decoding'
    lane.next = next ?? 0
  } catch (error) {
    lane.phase = 'over'
    lane.failure = stopped(error)
  }
}

/** Whatever went wrong while an answer was computed, with a code. */
export function stopped(error: unknown): WeftError {
  return WeftError.from(error, 'engine/run-failed', 'The model stopped while computing.')
}

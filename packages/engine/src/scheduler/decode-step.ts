/**
 * The next token of every lane of a group, or the next few.
 * @module
 */
import type { Decoder } from '../decoder/decoder.ts'
import { shortenRow } from '../decoder/kv-cache.ts'
import type { Group } from './decode-groups.ts'
import { type Lane, takeOutput } from './lane.ts'
import type { StepTiming } from './scheduler.ts'

export type DecodeStepInit = {
  decoder: Decoder
  /** How many tokens may be read before anybody sees one, where all lanes take the largest logit. */
  stepsAhead: number
  onStep?: (timing: StepTiming) => void
}

/** @returns milliseconds for each token of a row */
export async function decodeStep(
  { rows, cache }: Group,
  { decoder, stepsAhead, onStep }: DecodeStepInit,
): Promise<number> {
  const lanes = rows.filter((lane) => lane !== undefined)
  const startedMs = performance.now()
  const needed = logitsNeeded(lanes)
  const wantsHiddenStates = lanes.some(({ sequence }) => sequence.wantsHiddenStates)
  let tokens = 1
  let forwardMs: number
  if (decoder.forwardAhead && needed === 1 && !wantsHiddenStates && stepsAhead > 1) {
    const init = { tokens: lanes.map(({ next }) => next), steps: stepsAhead }
    const logits = await decoder.forwardAhead(cache, init)
    forwardMs = performance.now() - startedMs
    tokens = logits.length
    lanes.forEach((lane, row) => {
      takeAhead(
        lane,
        logits.map((step) => step[row] as Float32Array),
      )
      shortenRow(cache, row, lane.tokens.length)
    })
  } else {
    const { logits, hiddenStates } = await decoder.forward(cache, {
      tokens: lanes.map(({ next }) => [next]),
      positions: [0],
      hiddenStates: wantsHiddenStates,
      logitsNeeded: needed,
    })
    forwardMs = performance.now() - startedMs
    lanes.forEach((lane, row) => {
      take(lane, logits[row]?.[0] as Float32Array, hiddenStates?.[row]?.[0])
    })
  }
  const takeMs = performance.now() - startedMs - forwardMs
  onStep?.({ type: 'decode', rows: lanes.length, tokens, forwardMs, takeMs })
  return forwardMs / tokens
}

/** As many as the most demanding lane needs; null for all. */
function logitsNeeded(lanes: readonly Lane[]): number | null {
  const each = lanes.map(({ sequence }) => sequence.logitsNeeded ?? null)
  return each.reduce((most, needed) => most && needed && Math.max(most, needed), 1)
}

/** Hands on one step after the other for as long as the lane takes what the model went on with. */
function takeAhead(lane: Lane, steps: readonly Float32Array[]): void {
  for (const logits of steps) {
    if (lane.phase === 'over' || lane.sequence.signal.aborted) return
    take(lane, logits, undefined)
    // The only logit above -Infinity is that of the token that was read next.
    if (!((logits[lane.next] as number) > Number.NEGATIVE_INFINITY)) return
  }
}

function take(lane: Lane, logits: Float32Array, hiddenState: Float32Array | undefined): void {
  const position = lane.tokens.length
  lane.tokens.push(lane.next)
  takeOutput(lane, { position, logits, hiddenState: hiddenState ?? null })
}

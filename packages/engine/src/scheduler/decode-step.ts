/**
 * The next token of every lane of a group, or the next few.
 * @module
 */
import type { Decoder } from '../decoder/decoder.ts'
import type { StatePlace } from '../decoder/kept-states.ts'
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
  const keep = lanes.map(placeOf)
  const steps = Math.min(stepsAhead, ...lanes.map(untilFull))
  let tokens = 1
  let forwardMs: number
  if (decoder.forwardAhead && needed === 1 && steps > 1) {
    const init = { tokens: lanes.map(({ next }) => next), steps, keep }
    const logits = await decoder.forwardAhead(cache, init)
    tokens = logits.length
    const states = await readStates(lanes, tokens)
    forwardMs = performance.now() - startedMs
    lanes.forEach((lane, row) => {
      takeAhead(
        lane,
        logits.map((step) => step[row] as Float32Array),
        states[row] ?? [],
      )
      shortenRow(cache, row, lane.tokens.length)
    })
  } else {
    const { logits } = await decoder.forward(cache, {
      tokens: lanes.map(({ next }) => [next]),
      positions: [0],
      keep,
      logitsNeeded: needed,
    })
    const states = await readStates(lanes, 1)
    forwardMs = performance.now() - startedMs
    lanes.forEach((lane, row) => {
      take(lane, logits[row]?.[0] as Float32Array, states[row] ?? [])
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

/** Where the state of the token that is read next is kept. */
function placeOf({ states, sequence, tokens }: Lane): StatePlace | null {
  const { statesEvery, firstOutput } = sequence
  if (!states || statesEvery === null) return null
  return { kept: states, slot: (tokens.length - firstOutput) % statesEvery }
}

/** Tokens to be read until what is kept is handed out. */
function untilFull(lane: Lane): number {
  const place = placeOf(lane)
  return place ? (lane.sequence.statesEvery ?? 0) - place.slot : Number.POSITIVE_INFINITY
}

/** By lane what is full behind the next `count` tokens, without what the prompt's reading has handed out. */
async function readStates(lanes: readonly Lane[], count: number): Promise<Float32Array[][]> {
  const read: Float32Array[][] = []
  for (const lane of lanes) {
    const { states, tokens, sequence } = lane
    const all = states && untilFull(lane) === count ? await states.read() : []
    const behindPrompt = tokens.length + count - sequence.prompt.length
    read.push(all.slice(-behindPrompt))
  }
  return read
}

/** Hands on one step after the other for as long as the lane takes what the model went on with. */
function takeAhead(
  lane: Lane,
  steps: readonly Float32Array[],
  states: readonly Float32Array[],
): void {
  for (const [step, logits] of steps.entries()) {
    if (lane.phase === 'over' || lane.sequence.signal.aborted) return
    take(lane, logits, step === steps.length - 1 ? states : [])
    // The only logit above -Infinity is that of the token that was read next.
    if (!((logits[lane.next] as number) > Number.NEGATIVE_INFINITY)) return
  }
}

function take(lane: Lane, logits: Float32Array, hiddenStates: readonly Float32Array[]): void {
  const position = lane.tokens.length
  lane.tokens.push(lane.next)
  takeOutput(lane, { position, logits, hiddenStates })
}

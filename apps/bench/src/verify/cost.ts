/**
 * What an answer costs and what its check costs, of one engine each, in Node and in a page alike.
 * @module
 */
import type { Engine, ScoreInit } from '@weft/engine'
import type { Message, Sampling } from '@weft/protocol'
import { makeFingerprint } from '@weft/verification'

/** As plain data: it also goes to pages. */
export type CostJob = {
  messages: Message[]
  sampling: Sampling
  /** 32 bytes. */
  seed: number[]
  maxTokens: number
  /** As a node makes them for a job that asks for them. */
  fingerprints?: boolean
}

export type TimedAnswer = {
  tokens: number[]
  ended: boolean
  ms: number
  fingerprints: number
  /** Of `ms`, to make them of the states that the engine shows. */
  fingerprintsMs: number
}

/** From the call to the end, as who asked the engine sees it. */
export async function timeAnswer(
  engine: Pick<Engine, 'generate'>,
  { seed, fingerprints: hiddenStates = false, ...job }: CostJob,
): Promise<TimedAnswer> {
  const startedMs = performance.now()
  const tokens: number[] = []
  let ended = false
  let fingerprints = 0
  let fingerprintsMs = 0
  const chosenBy = {
    seed: Uint8Array.from(seed),
    tools: [],
    overflow: 'error' as const,
    answered: [],
  }
  const init = { ...job, ...chosenBy, hiddenStates }
  for await (const part of engine.generate(init)) {
    if (part.type === 'delta') tokens.push(...part.tokens)
    if (part.type === 'delta' && part.hiddenStates) {
      const makingMs = performance.now()
      makeFingerprint(part.hiddenStates)
      fingerprintsMs += performance.now() - makingMs
      fingerprints += 1
    }
    if (part.type === 'end') ended = part.finishReason === 'stop'
  }
  return { tokens, ended, ms: performance.now() - startedMs, fingerprints, fingerprintsMs }
}

/** As a verifier asks. */
export async function timeCheck(
  engine: Pick<Engine, 'score'>,
  { seed, sampling, fingerprints: _, ...job }: CostJob,
  { tokens, ended }: Pick<TimedAnswer, 'tokens' | 'ended'>,
): Promise<{ ms: number; largestMargin: number }> {
  const startedMs = performance.now()
  const claim = { sampling, seed: Uint8Array.from(seed), ended }
  const init: ScoreInit = { ...job, tools: [], overflow: 'error', answer: tokens, claim }
  const [score] = await engine.score([init], { topK: 0, hiddenStates: false })
  const ms = performance.now() - startedMs
  return { ms, largestMargin: Math.max(...(score?.choices?.margins ?? [Number.NaN])) }
}

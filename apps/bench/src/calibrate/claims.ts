/**
 * Answers and what an engine says of them, as plain data, in Node and in a page alike.
 * @module
 */
import type { Engine, GenerateInit, ScoreInit } from '@weft/engine'
import { tokensPerWindow } from '@weft/protocol'
import { compareFingerprint, type Likeness, makeFingerprint } from '@weft/verification'
import type { CalibrationJob } from './calibration-jobs.ts'

type Answering = Pick<Engine, 'generate' | 'score'>

/** At once: as many as a contributor's tab decodes together. */
const jobsAtOnce = 8

/** @param answered tokens of each that exist already; they are part of what comes back */
export async function answerJobs(
  engine: Answering,
  jobs: readonly CalibrationJob[],
  answered: readonly (readonly number[])[] = [],
): Promise<number[][]> {
  return inTurns(jobs, async (job, index) => {
    const tokens = [...(answered[index] ?? [])]
    const init = { ...askedBy(job), answered: [...tokens] }
    for await (const part of engine.generate(init)) {
      if (part.type === 'delta') tokens.push(...part.tokens)
    }
    return tokens
  })
}

/** What an engine says of an answer. */
export type Reading = {
  margins: number[]
  /** By window of 32 tokens: of the states that it computed itself; none where the graph hides them. */
  fingerprints: number[][]
  /** Of somebody else's fingerprints with those states. */
  likenesses: Likeness[]
}

/** @param fingerprints by answer, of who made them; none for an answer that has none */
export async function readAnswers(
  engine: Answering,
  jobs: readonly CalibrationJob[],
  answers: readonly (readonly number[])[],
  fingerprints: readonly (readonly (readonly number[])[])[] = [],
): Promise<Reading[]> {
  return inTurns(jobs, async (job, index) => {
    const { messages, tools, overflow, maxTokens, sampling, seed } = askedBy(job)
    const answer = answers[index] ?? []
    const claim = { sampling, seed, ended: false }
    const init: ScoreInit = { messages, tools, overflow, maxTokens, answer, claim }
    const [score] = await engine.score([init], { topK: 1, hiddenStates: true })
    const windows = statesByWindow(score?.hiddenStates ?? null, answer.length)
    const others = fingerprints[index] ?? []
    return {
      margins: [...(score?.choices?.margins ?? [])],
      fingerprints: windows.map((states) => [...makeFingerprint(states)]),
      likenesses: windows
        .slice(0, others.length)
        .map((states, place) => compareFingerprint(Uint8Array.from(others[place] ?? []), states)),
    }
  })
}

function statesByWindow(states: Float32Array | null, tokens: number): Float32Array[] {
  if (!states) return []
  const width = (states.length / tokens) * tokensPerWindow
  return Array.from({ length: Math.ceil(tokens / tokensPerWindow) }, (_, window) =>
    states.subarray(window * width, (window + 1) * width),
  )
}

function askedBy({ messages, sampling, seed, maxTokens }: CalibrationJob): GenerateInit {
  return {
    messages,
    sampling,
    seed: Uint8Array.from(seed),
    maxTokens,
    tools: [],
    overflow: 'error',
    answered: [],
  }
}

async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let start = 0; start < items.length; start += jobsAtOnce) {
    const batch = items.slice(start, start + jobsAtOnce)
    results.push(...(await Promise.all(batch.map((item, place) => work(item, start + place)))))
  }
  return results
}

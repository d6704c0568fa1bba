/**
 * Answers and what an engine says of them, as plain data, in Node and in a page alike.
 * @module
 */
import type { Engine, GenerateInit, ScoreInit } from '@weft/engine'
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

/** Margins of each answer as one to its job. */
export async function marginsOf(
  engine: Answering,
  jobs: readonly CalibrationJob[],
  answers: readonly (readonly number[])[],
): Promise<number[][]> {
  return inTurns(jobs, async (job, index) => {
    const { messages, overflow, maxTokens, sampling, seed } = askedBy(job)
    const claim = { sampling, seed, ended: false }
    const init: ScoreInit = { messages, overflow, maxTokens, answer: answers[index] ?? [], claim }
    const [score] = await engine.score([init], { topK: 1, hiddenStates: false })
    return [...(score?.choices?.margins ?? [])]
  })
}

function askedBy({ messages, sampling, seed, maxTokens }: CalibrationJob): GenerateInit {
  return {
    messages,
    sampling,
    seed: Uint8Array.from(seed),
    maxTokens,
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

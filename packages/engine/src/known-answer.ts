/**
 * The known-answer test: a wrong kernel must not earn.
 * @module
 */
import { CancelledError, type KnownAnswer, type Manifest, WeftError } from '@weft/protocol'
import type { SelfTestReport, WaitOptions } from './engine.ts'
import { type LoadedModel, prefill } from './generate.ts'
import { disposeCache } from './model/decoder.ts'
import { argmax } from './sampler/sample-token.ts'

export type GreedyRun = {
  /** After the prompt, float32 [vocabulary]. */
  firstLogits: Float32Array
  tokens: number[]
  /** Between the largest and the second largest logit, the smallest over all steps. */
  smallestMargin: number
}

/**
 * Greedy run that goes on past the end tokens, so that it always has `count` tokens.
 * @throws CancelledError
 */
export async function runGreedy(
  { decoder, takeTurn }: Pick<LoadedModel, 'decoder' | 'takeTurn'>,
  { prompt, count }: { prompt: readonly number[]; count: number },
  { signal }: WaitOptions = {},
): Promise<GreedyRun> {
  const cache = decoder.createCache()
  try {
    const options = { tokens: prompt, ...(signal ? { signal } : {}) }
    const firstLogits = await prefill({ decoder, takeTurn }, cache, options)
    if (!firstLogits) throw new CancelledError({ subject: 'The run' })
    const tokens = [argmax(firstLogits)]
    let smallestMargin = margin(firstLogits)
    while (tokens.length < count) {
      if (signal?.aborted) throw new CancelledError({ subject: 'The run' })
      const next = tokens.slice(-1)
      const logits = await takeTurn(() => decoder.step(cache, next))
      tokens.push(argmax(logits))
      smallestMargin = Math.min(smallestMargin, margin(logits))
    }
    return { firstLogits, tokens, smallestMargin }
  } finally {
    disposeCache(cache)
  }
}

function margin(logits: Float32Array): number {
  let first = Number.NEGATIVE_INFINITY
  let second = Number.NEGATIVE_INFINITY
  for (const logit of logits) {
    if (logit > first) [first, second] = [logit, first]
    else if (logit > second) second = logit
  }
  return first - second
}

/** Compares a run with what the manifest says. */
function compareKnownAnswer(
  { tokens, topLogits, toleranceAbs }: KnownAnswer,
  run: GreedyRun,
): SelfTestReport {
  const differences = topLogits.map(({ token, value }) =>
    Math.abs((run.firstLogits[token] ?? Number.NaN) - value),
  )
  // A NaN makes the maximum NaN, which no tolerance admits.
  const maxLogitDifference = Math.max(...differences)
  const matchingTokens = tokens.filter((token, index) => token === run.tokens[index]).length
  return {
    passed: maxLogitDifference <= toleranceAbs && matchingTokens === tokens.length,
    maxLogitDifference,
    matchingTokens,
    expectedTokens: tokens.length,
  }
}

/** @throws WeftError `engine/self-test` when this device computes something else, CancelledError */
export async function selfTest(
  model: Pick<LoadedModel, 'decoder' | 'takeTurn'>,
  { knownAnswer }: Pick<Manifest, 'knownAnswer'>,
  options: WaitOptions = {},
): Promise<SelfTestReport> {
  const { promptTokens: prompt, tokens, toleranceAbs } = knownAnswer
  const run = await runGreedy(model, { prompt, count: tokens.length }, options)
  const report = compareKnownAnswer(knownAnswer, run)
  if (report.passed) return report
  throw new WeftError(
    'engine/self-test',
    'This device computes this model wrongly. Choose the CPU backend.',
    {
      facts: [
        `Equal tokens: ${report.matchingTokens} of ${report.expectedTokens}`,
        `Largest difference of a logit: ${report.maxLogitDifference} (allowed: ${toleranceAbs})`,
      ],
    },
  )
}

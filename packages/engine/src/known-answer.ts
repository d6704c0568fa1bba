/**
 * The known-answer test: a wrong kernel must not earn.
 * @module
 */
import { CancelledError, type ChatManifest, type KnownAnswer, WeftError } from '@weft/protocol'
import type { Decoder } from './decoder/decoder.ts'
import { disposeCache, type KvCache } from './decoder/kv-cache.ts'
import type { SelfTestReport, WaitOptions } from './engine.ts'
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
  decoder: Decoder,
  { prompt, count }: { prompt: readonly number[]; count: number },
  { signal }: WaitOptions = {},
): Promise<GreedyRun> {
  const cache = decoder.createCache()
  try {
    const firstLogits = (await lastLogits(decoder, cache, { tokens: prompt })).slice()
    const tokens = [argmax(firstLogits)]
    let smallestMargin = margin(firstLogits)
    while (tokens.length < count) {
      if (signal?.aborted) throw new CancelledError({ subject: 'The run' })
      // Two make the margin; a device that picks them itself is tested in that too.
      const logits = await lastLogits(decoder, cache, { tokens: tokens.slice(-1), needed: 2 })
      tokens.push(argmax(logits))
      smallestMargin = Math.min(smallestMargin, margin(logits))
    }
    return { firstLogits, tokens, smallestMargin }
  } finally {
    disposeCache(cache)
  }
}

async function lastLogits(
  decoder: Decoder,
  cache: KvCache,
  { tokens, needed = null }: { tokens: readonly number[]; needed?: number | null },
): Promise<Float32Array> {
  const { logits } = await decoder.forward(cache, {
    tokens: [tokens],
    positions: [tokens.length - 1],
    logitsNeeded: needed,
  })
  return logits[0]?.[0] as Float32Array
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
  decoder: Decoder,
  { knownAnswer }: Pick<ChatManifest, 'knownAnswer'>,
  options: WaitOptions = {},
): Promise<SelfTestReport> {
  const { promptTokens: prompt, tokens } = knownAnswer
  const run = await runGreedy(decoder, { prompt, count: tokens.length }, options)
  const report = compareKnownAnswer(knownAnswer, run)
  if (report.passed) return report
  throw new WeftError(
    'engine/self-test',
    'This device computes this model wrongly. Choose the CPU backend; if that is in use, download the model again.',
    {
      facts: [
        `Equal tokens: ${report.matchingTokens} of ${report.expectedTokens}`,
        `Largest difference of a logit: ${report.maxLogitDifference} (allowed: ${knownAnswer.toleranceAbs})`,
      ],
    },
  )
}

/**
 * Whether two rows of different length that decode in one step say what each says alone. Not every
 * kernel that is right for one row is right for two.
 */
export async function canBatch(
  decoder: Decoder,
  { promptTokens, toleranceAbs }: KnownAnswer,
): Promise<boolean> {
  const [last = 0] = promptTokens.slice(-1)
  const prompts = [promptTokens.slice(0, -1), promptTokens.slice(0, promptTokens.length >> 1)]
  const alone: Float32Array[] = []
  const caches: KvCache[] = []
  try {
    for (const prompt of prompts) {
      const cache = decoder.createCache()
      caches.push(cache)
      await lastLogits(decoder, cache, { tokens: prompt })
      const copy = decoder.join([{ cache, row: 0, length: prompt.length }])
      caches.push(copy)
      alone.push((await lastLogits(decoder, copy, { tokens: [last] })).slice())
    }
    const sources = prompts.map((prompt, index) => ({
      cache: caches[2 * index] as KvCache,
      row: 0,
      length: prompt.length,
    }))
    const together = decoder.join(sources)
    caches.push(together)
    const { logits } = await decoder.forward(together, { tokens: [[last], [last]], positions: [0] })
    return alone.every((expected, row) =>
      expected.every((value, token) => {
        const difference = Math.abs(value - (logits[row]?.[0]?.[token] ?? Number.NaN))
        return difference <= toleranceAbs
      }),
    )
  } finally {
    for (const cache of caches) disposeCache(cache)
  }
}

/**
 * How fast the loaded model runs here.
 * @module
 */
import { CancelledError } from '@weft/protocol'
import type { SpeedReport, WaitOptions } from './engine.ts'
import { type LoadedModel, prefill } from './generate.ts'
import { disposeCache } from './model/decoder.ts'
import { argmax } from './sampler/sample-token.ts'

const prefillTokens = 128
const decodeTokens = 32

/**
 * Times one prefill of 128 tokens and 32 greedy steps behind it, fewer where the context is shorter.
 * @throws CancelledError
 */
export async function measure(
  { decoder, takeTurn, contextTokens, tokenizer }: LoadedModel,
  { signal }: WaitOptions = {},
): Promise<SpeedReport> {
  const [filler = 0] = tokenizer.encodeChat([{ role: 'user', content: 'Measure.' }])
  const length = Math.min(prefillTokens, Math.max(1, contextTokens - decodeTokens))
  const prompt = new Array<number>(length).fill(filler)
  const cache = decoder.createCache()
  try {
    const startedMs = performance.now()
    const options = { tokens: prompt, ...(signal ? { signal } : {}) }
    const firstLogits = await prefill({ decoder, takeTurn }, cache, options)
    if (!firstLogits) throw new CancelledError({ subject: 'Measuring' })
    let next = argmax(firstLogits)
    const prefilledMs = performance.now()
    for (let index = 0; index < decodeTokens; index++) {
      if (signal?.aborted) throw new CancelledError({ subject: 'Measuring' })
      next = argmax(await takeTurn(() => decoder.step(cache, [next])))
    }
    const endedMs = performance.now()
    return {
      prefillTokensPerSecond: (length / (prefilledMs - startedMs)) * 1000,
      decodeTokensPerSecond: (decodeTokens / (endedMs - prefilledMs)) * 1000,
    }
  } finally {
    disposeCache(cache)
  }
}

/**
 * How fast the loaded model runs here.
 * @module
 */
import { CancelledError } from '@weft/protocol'
import type { SpeedReport, WaitOptions } from './engine.ts'
import type { LoadedModel } from './loaded-model.ts'
import { argmax } from './sampler/sample-token.ts'

const prefillTokens = 128
const decodeTokens = 32

/**
 * Times one prefill of 128 tokens and 32 greedy steps behind it, fewer where the context is shorter.
 * Answers that run meanwhile share the time.
 * @throws CancelledError
 */
export async function measure(
  { scheduler, contextTokens, tokenizer }: LoadedModel,
  { signal = new AbortController().signal }: WaitOptions = {},
): Promise<SpeedReport> {
  const [filler = 0] = tokenizer.encodeChat([{ role: 'user', content: 'Measure.' }])
  const length = Math.min(prefillTokens, Math.max(1, contextTokens - decodeTokens))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const cancel = (): void => {
    scheduler.wake()
    reject(new CancelledError({ subject: 'Measuring', cause: signal.reason }))
  }
  signal.addEventListener('abort', cancel)
  const startedMs = performance.now()
  let prefilledMs = startedMs
  let decoded = 0
  try {
    if (signal.aborted) cancel()
    scheduler.add({
      prompt: new Array<number>(length).fill(filler),
      firstOutput: length - 1,
      statesEvery: null,
      logitsNeeded: 1,
      keepsPrefix: false,
      signal,
      isWanted: () => true,
      take({ logits }) {
        if (prefilledMs === startedMs) prefilledMs = performance.now()
        else decoded += 1
        return decoded < decodeTokens ? argmax(logits) : null
      },
      end: (error) => (error ? reject(error) : resolve()),
    })
    await promise
  } finally {
    signal.removeEventListener('abort', cancel)
  }
  const endedMs = performance.now()
  return {
    prefillTokensPerSecond: (length / (prefilledMs - startedMs)) * 1000,
    decodeTokensPerSecond: (decodeTokens / (endedMs - prefilledMs)) * 1000,
  }
}

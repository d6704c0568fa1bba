/**
 * An engine without a model, whose answers never end: what crosses between threads and tabs is tested
 * on it, and counted.
 * @module
 */
import { CancelledError } from '@weft/protocol'
import type { Engine, GeneratePart, LoadInit, Score, WaitOptions } from '../engine.ts'

export type EndlessEngine = Engine & {
  /** Parts made so far. */
  made: () => number
  /** Whether the last answer was left. */
  isFreed: () => boolean
  /** Calls that wait for their signal. */
  waiting: () => number
  /** Bytes by path of the last `openFiles`; asks for them again. */
  reopen: () => Promise<Record<string, number>>
}

const passed = { passed: true, maxLogitDifference: 0, matchingTokens: 16, expectedTokens: 16 }
const waitsForEver = 'wait'

/**
 * A score has one position for each token of the answer; the embedding of a text is its length. A
 * text or message `wait`, and every `measure` before the first answer, lasts until it is cancelled.
 */
export function endlessEngine(): EndlessEngine {
  let made = 0
  let isFreed = false
  let waiting = 0
  let init: LoadInit | undefined

  const untilAborted = async ({ signal }: WaitOptions): Promise<never> => {
    waiting += 1
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
    waiting -= 1
    throw new CancelledError({ subject: 'The test' })
  }
  const reopen = async () => {
    const files = (await init?.openFiles({})) ?? new Map<string, Uint8Array>()
    return Object.fromEntries([...files].map(([path, { length }]) => [path, length]))
  }
  return {
    made: () => made,
    isFreed: () => isFreed,
    waiting: () => waiting,
    reopen,
    async load(loadInit, options) {
      init = loadInit
      options?.onStage?.('runtime')
      await loadInit.openFiles(options?.signal ? { signal: options.signal } : {})
      return {
        engine: { runtime: 'test', backend: 'wasm', device: 'test' },
        selfTest: passed,
        fallbackReason: null,
        capabilities: { batchSize: 1, contextTokens: 512, kvCache: 'growing' },
      }
    },
    measurePrompt: async () => ({ inputTokens: 1, droppedMessages: 0 }),
    async *generate(): AsyncGenerator<GeneratePart> {
      try {
        for (let index = 0; ; index++) {
          made += 1
          yield { type: 'delta', index, tokens: [index], text: 'a' }
          await new Promise((resolve) => setTimeout(resolve, 0))
        }
      } finally {
        isFreed = true
      }
    },
    async score(inits, { topK, hiddenStates, ...options }) {
      if (inits.some(({ messages }) => messages[0]?.content === waitsForEver)) {
        return untilAborted(options)
      }
      return inits.map(({ answer, claim }): Score => {
        const { length } = answer
        const chosen = Uint32Array.from(answer)
        return {
          inputTokens: 1,
          topTokens: Uint32Array.from({ length: length * topK }, (_, index) => index),
          topLogits: new Float32Array(length * topK).fill(0.5),
          answerLogits: Float32Array.from(answer),
          hiddenStates: hiddenStates ? new Float32Array(length * 2).fill(2) : null,
          choices: claim && { margins: new Float64Array(length).fill(0.25), chosen },
        }
      })
    },
    async embed({ texts }, options = {}) {
      if (texts.includes(waitsForEver)) return untilAborted(options)
      // Views of one buffer, as a batch gives them.
      const all = Float32Array.from(texts, ({ length }) => length)
      const vectors = texts.map((_, index) => all.subarray(index, index + 1))
      return { vectors, inputTokens: texts.length }
    },
    async measure(options = {}) {
      if (made === 0) return untilAborted(options)
      return { prefillTokensPerSecond: 1, decodeTokensPerSecond: 1 }
    },
    memory: async () => ({ runningJobs: waiting, kvBytes: 1, prefixBytes: 2, maxPrefixBytes: 3 }),
    close: async () => {},
  }
}

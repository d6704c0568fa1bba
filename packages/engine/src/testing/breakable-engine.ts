/**
 * An engine without a model that breaks when a test says so. Its answers are known beforehand, byte by
 * byte, wherever they are taken up again.
 * @module
 */
import { CancelledError, WeftError } from '@weft/protocol'
import type { Engine, GenerateInit, GeneratePart, LoadInit, Score } from '../engine.ts'
import { notLoaded } from '../model/model-error.ts'

export type BreakableEngine = Engine & {
  /** Everything in flight and everything later fails with this code. */
  break(code: string): void
  /** Answers in the making. */
  running(): number
}

export type BreakableInit = {
  /** Awaited before each token; what it throws breaks the whole engine. */
  onStep?: (step: { content: string; index: number }) => unknown
  onLoad?: (init: LoadInit) => unknown
}

/** The token at a position: another one for every prompt. */
export function tokenAt({ messages }: GenerateInit, index: number): number {
  return (messages[0]?.content.length ?? 0) * 1_000 + index
}

/** Every third token is held back, as half a character is. */
function textAt(index: number): string {
  return index % 3 === 0 ? '' : index % 3 === 1 ? `${index - 1},${index},` : `${index},`
}

export function breakableEngine({ onStep, onLoad }: BreakableInit = {}): BreakableEngine {
  let loaded: LoadInit | undefined
  let broken = Promise.withResolvers<never>()
  let failure: WeftError | undefined
  let running = 0

  const fail = (error: WeftError): void => {
    failure = error
    broken.promise.catch(() => {})
    broken.reject(error)
  }
  const required = (): void => {
    if (failure) throw failure
    if (!loaded) throw notLoaded()
  }
  async function* generate(
    init: GenerateInit,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<GeneratePart> {
    required()
    running += 1
    const end = (finishReason: 'stop' | 'cancelled', outputTokens: number): GeneratePart => ({
      type: 'end',
      finishReason,
      outputTokens,
      decodeMs: 1,
    })
    try {
      const content = init.messages[0]?.content ?? ''
      const inputTokens = content.length
      yield { type: 'prefill-end', inputTokens, cachedTokens: 0, droppedMessages: 0, prefillMs: 1 }
      for (let index = init.answered.length; index < init.maxTokens; index++) {
        if (signal?.aborted) return yield end('cancelled', index)
        await Promise.race([broken.promise, step({ content, index })])
        yield { type: 'delta', index, tokens: [tokenAt(init, index)], text: textAt(index) }
      }
      // It ends by itself, and what is held back behind the last token goes out without one.
      const index = init.maxTokens
      if (index % 3 === 1) yield { type: 'delta', index, tokens: [], text: `${index - 1}.` }
      await Promise.race([broken.promise, step({ content, index })])
      yield end('stop', init.maxTokens)
    } finally {
      running -= 1
    }
  }
  const step = async (at: { content: string; index: number }): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 0))
    try {
      await onStep?.(at)
    } catch (error) {
      fail(WeftError.from(error, 'engine/run-failed', 'The step failed.'))
      throw failure
    }
  }

  return {
    break: (code) => fail(new WeftError(code, 'Broken by the test.')),
    running: () => running,
    async load(init, options) {
      const signal = options?.signal
      options?.onStage?.('runtime')
      await onLoad?.(init)
      await init.openFiles(signal ? { signal } : {})
      if (signal?.aborted) throw new CancelledError({ subject: 'Loading' })
      broken = Promise.withResolvers<never>()
      failure = undefined
      loaded = init
      return {
        engine: { runtime: 'test', backend: 'wasm', device: 'test' },
        selfTest: { passed: true, maxLogitDifference: 0, matchingTokens: 1, expectedTokens: 1 },
        fallbackReason: null,
        capabilities: { batchSize: 8, contextTokens: 512, kvCache: 'static' },
      }
    },
    async measurePrompt({ messages }) {
      required()
      return { inputTokens: messages.length, droppedMessages: 0 }
    },
    generate: (init, options) => generate(init, options?.signal),
    async score(inits) {
      required()
      await Promise.race([broken.promise, step({ content: 'score', index: 0 })])
      return inits.map(({ messages, answer }): Score => {
        const topLogits = new Float32Array(answer.length)
        return {
          inputTokens: messages.length,
          topTokens: Uint32Array.from(answer),
          topLogits,
          answerLogits: topLogits,
          hiddenStates: null,
          choices: null,
        }
      })
    },
    async embed({ texts }) {
      required()
      return { vectors: texts.map(({ length }) => Float32Array.of(length)), inputTokens: 1 }
    },
    async measure() {
      required()
      return { prefillTokensPerSecond: 1, decodeTokensPerSecond: 1 }
    },
    async memory() {
      required()
      return { runningJobs: running, kvBytes: 0, prefixBytes: 0, maxPrefixBytes: 0 }
    },
    async close() {
      loaded = undefined
      fail(notLoaded())
    },
  }
}

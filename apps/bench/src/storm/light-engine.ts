/**
 * The light model at a set speed with jitter: what a node of the storm serves.
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Engine, GeneratePart } from '@weft/engine'
import { endOf, isHalf, pieceOf, tokenAt } from './light-model.ts'

export type LightEngine = Pick<Engine, 'measurePrompt' | 'generate'>

const inputTokens = 8
/** Prompts are read so much faster than answers are written. */
const prefillFactor = 50

export function createLightEngine({ tokensPerSecond }: { tokensPerSecond: number }): LightEngine {
  const meanMs = 1000 / tokensPerSecond
  return {
    measurePrompt: async () => ({ inputTokens, droppedMessages: 0 }),
    async *generate({ seed, answered, messages, maxTokens }, { signal } = {}) {
      const { length, finishReason } = endOf({ messages, maxTokens })
      const startedMs = performance.now()
      const prefillMs = (meanMs * (inputTokens + answered.length)) / prefillFactor
      await pause(prefillMs, signal)
      const measure = { inputTokens, droppedMessages: 0, cachedTokens: 0 }
      yield { type: 'prefill-end', ...measure, prefillMs: performance.now() - startedMs }
      const end = (reason: typeof finishReason, at: number): GeneratePart => ({
        type: 'end',
        finishReason: reason,
        outputTokens: at - answered.length,
        decodeMs: performance.now() - startedMs - prefillMs,
      })
      let index = answered.length
      // What an answer cut by its limit holds back goes out with its last token.
      let held = index === length && finishReason === 'length' ? '' : heldBy(answered)
      while (index < length) {
        // Engines flush what one step of theirs made: mostly one token, at times a few.
        const count = Math.min(length - index, Math.random() < 0.1 ? 3 : 1)
        await pause(meanMs * count * (0.5 + Math.random()), signal)
        if (signal?.aborted) return yield end('cancelled', index)
        const tokens = Array.from({ length: count }, (_, offset) => tokenAt(seed, index + offset))
        let text = ''
        for (const token of tokens) {
          held += pieceOf(token)
          if (isHalf(token)) continue
          text += held
          held = ''
        }
        if (index + count === length && finishReason === 'length') {
          text += held
          held = ''
        }
        yield { type: 'delta', index, tokens, text }
        index += count
      }
      if (held) yield { type: 'delta', index, tokens: [], text: held }
      yield end(finishReason, index)
    },
  }
}

/** Text that the tokens so far hold back for a whole character. */
function heldBy(tokens: readonly number[]): string {
  const last = tokens.findLastIndex((token) => !isHalf(token))
  return tokens
    .slice(last + 1)
    .map(pieceOf)
    .join('')
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(ms, undefined, signal ? { signal } : {}).catch(() => {}) // The caller asks the signal.
}

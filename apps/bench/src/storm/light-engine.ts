/**
 * The light model at a set speed with jitter: what a node of the storm serves.
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Engine, GeneratePart } from '@weft/engine'
import { endOf, inventedSeed, isHalf, pieceOf, tokenAt } from './light-model.ts'

export type LightEngine = Pick<Engine, 'measurePrompt' | 'generate'>

export type LightEngineInit = {
  tokensPerSecond: number
  /** It says what costs nothing to say. */
  invents?: boolean
}

const inputTokens = 8
/** Prompts are read so much faster than answers are written. */
const prefillFactor = 50

export function createLightEngine({ tokensPerSecond, invents }: LightEngineInit): LightEngine {
  const meanMs = 1000 / tokensPerSecond
  return {
    measurePrompt: async () => ({ inputTokens, droppedMessages: 0 }),
    async *generate({ seed: given, answered, messages, maxTokens }, { signal } = {}) {
      const seed = invents ? inventedSeed(given) : given
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

/** What a verifier's engine says of an answer: every token is the model's own choice, or none that it ever would make. */
export const lightScores: Pick<Engine, 'score'> = {
  score: async (asked) =>
    asked.map(({ claim, answer, messages, maxTokens }) => {
      if (!claim) throw new Error('Nobody asks without a claim.')
      const { length, finishReason } = endOf({ messages, maxTokens })
      const tokens = Array.from({ length: answer.length }, (_, at) => tokenAt(claim.seed, at))
      const margin = (isRight: boolean) => (isRight ? 0 : Number.POSITIVE_INFINITY)
      const margins = answer.map((token, at) => margin(token === tokens[at]))
      if (claim.ended) margins.push(margin(finishReason === 'stop' && answer.length === length))
      return {
        topTokens: new Uint32Array(),
        topLogits: new Float32Array(),
        answerLogits: new Float32Array(answer.length),
        inputTokens,
        hiddenStates: null,
        choices: {
          margins: Float64Array.from(margins),
          chosen: Uint32Array.from([...tokens, ...(claim.ended ? [0] : [])]),
        },
      }
    }),
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

/**
 * One answer, given by several engines in turn.
 * @module
 */
import type { GenerateInit, GeneratePart } from '../engine.ts'

export type AnswerSoFar = {
  /** What an engine needs in order to go on. */
  rest(): GenerateInit
  isEnded(): boolean
  /** The part as the consumer shall see it; undefined when it has seen it before. */
  take(part: GeneratePart): GeneratePart | undefined
  cancelled(): GeneratePart
}

export function createAnswer(init: GenerateInit): AnswerSoFar {
  const answered = [...init.answered]
  /** Text sent behind the last token without a token of its own: what was held back at the end. */
  let tail = ''
  let begunMs: number | undefined
  let engines = 0
  let isEnded = false

  const decodeMs = (): number => (begunMs === undefined ? 0 : performance.now() - begunMs)
  return {
    rest: () => ({ ...init, answered: [...answered] }),
    isEnded: () => isEnded,
    take(part) {
      switch (part.type) {
        case 'prefill-end':
          engines += 1
          if (begunMs !== undefined) return undefined
          begunMs = performance.now()
          return part
        case 'delta':
          if (part.tokens.length === 0) {
            if (part.text === tail) return undefined
            tail = part.text
          } else {
            tail = ''
            answered.push(...part.tokens)
          }
          return part
        case 'end':
          isEnded = true
          // The last engine's clock knows only its own part.
          return engines > 1 ? { ...part, decodeMs: decodeMs() } : part
      }
    },
    cancelled: () => ({
      type: 'end',
      finishReason: 'cancelled',
      outputTokens: answered.length,
      decodeMs: decodeMs(),
    }),
  }
}

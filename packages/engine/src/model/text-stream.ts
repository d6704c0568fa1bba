/**
 * Tokens to text while they arrive, without ever breaking a character.
 * @module
 */

export type TextStream = {
  /** @returns what the token adds; '' while it ends inside a character */
  push(token: number): string
  /** @returns what is still held back, half a character as U+FFFD */
  end(): string
}

/** What a decoder writes for bytes that are no character, or not yet. */
const replacement = '\u{fffd}'

/**
 * All texts joined equal `decode(all tokens)`. Each step decodes only the tokens since the last but
 * one whole character, so that decoders that treat the first token differently see a neighbour:
 * the cost of a token does not grow with the answer.
 */
export function createTextStream(decode: (tokens: readonly number[]) => string): TextStream {
  /** Tokens whose text is out, kept as context for the held ones. */
  let context: number[] = []
  let held: number[] = []

  const added = (): string => decode([...context, ...held]).slice(decode(context).length)
  return {
    push(token) {
      held.push(token)
      const text = added()
      if (text.endsWith(replacement)) return ''
      if (text !== '') {
        context = held
        held = []
      }
      return text
    },
    end() {
      const text = added()
      held = []
      return text
    },
  }
}

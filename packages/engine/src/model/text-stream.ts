/**
 * Tokens to text while they arrive, without ever breaking a character or showing a stop text.
 * @module
 */

export type TextStream = {
  /**
   * @returns what the token adds; '' while it ends inside a character or may begin a stop text.
   *   `isStopped` once a stop text is whole: nothing comes after it
   */
  push(token: number): { text: string; isStopped: boolean }
  /** @returns what is still held back, half a character as U+FFFD; '' behind a stop text */
  end(): string
}

export type TextStreamInit = {
  decode: (tokens: readonly number[]) => string
  /** The text ends before the one of these that is whole first, of several the longest. */
  stop: readonly string[]
}

/** What a decoder writes for bytes that are no character, or not yet. */
const replacement = '\u{fffd}'

/**
 * All texts joined equal `decode(all tokens)` up to the stop. Goes on elsewhere by pushing the tokens
 * so far and dropping their texts.
 */
export function createTextStream({ decode, stop }: TextStreamInit): TextStream {
  const characters = createCharacterStream(decode)
  /** Whole characters that may begin a stop text. */
  let held = ''
  let isStopped = false

  const take = (added: string, isEnd: boolean): string => {
    if (isStopped) return ''
    const text = held + added
    const found = firstStop(text, stop)
    if (found !== null) {
      isStopped = true
      held = ''
      return text.slice(0, found)
    }
    const out = isEnd ? text.length : safeLength(text, stop)
    held = text.slice(out)
    return text.slice(0, out)
  }
  return {
    push(token) {
      const text = take(characters.push(token), false)
      return { text, isStopped }
    },
    end: () => take(characters.end(), true),
  }
}

/** Where the stop begins that ends first in `text`, of those that end together the longest. */
function firstStop(text: string, stop: readonly string[]): number | null {
  let first: { start: number; end: number } | null = null
  for (const word of stop) {
    const start = text.indexOf(word)
    if (start < 0) continue
    const end = start + word.length
    if (!first || end < first.end || (end === first.end && start < first.start)) {
      first = { start, end }
    }
  }
  return first?.start ?? null
}

/** Length of `text` without its longest end that begins a stop. */
function safeLength(text: string, stop: readonly string[]): number {
  const longest = Math.max(0, ...stop.map((word) => word.length - 1))
  for (let start = Math.max(0, text.length - longest); start < text.length; start++) {
    const end = text.slice(start)
    if (stop.some((word) => word.startsWith(end))) return start
  }
  return text.length
}

/**
 * Each step decodes only the tokens since the last but one whole character, so that decoders that
 * treat the first token differently see a neighbour: the cost of a token does not grow with the answer.
 */
function createCharacterStream(decode: TextStreamInit['decode']) {
  /** Tokens whose text is out, kept as context for the held ones. */
  let context: number[] = []
  let held: number[] = []

  const added = (): string => decode([...context, ...held]).slice(decode(context).length)
  return {
    push(token: number): string {
      held.push(token)
      const text = added()
      if (text.endsWith(replacement)) return ''
      if (text !== '') {
        context = held
        held = []
      }
      return text
    },
    end(): string {
      const text = added()
      held = []
      return text
    },
  }
}

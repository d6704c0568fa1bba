/**
 * What an object says of itself that comes in pieces: whether it is a call of a function that was offered.
 * @module
 */

export type CallFound =
  /** It calls nothing that was offered. */
  | { type: 'strange' }
  /** Its arguments begin: `at` is the place of their brace in the piece. */
  | { type: 'arguments'; name: string; at: number }
  /** The object is whole: `at` is behind it. */
  | { type: 'end'; at: number }

const callKeys = new Set(['type', 'name', 'arguments', 'parameters', 'function', 'id'])

/**
 * Of an object from its brace on, each character looked at once.
 * @param names - of functions that were offered
 */
export function createCallScan(names: ReadonlySet<string>) {
  let depth = 0
  let isText = false
  let isEscaped = false
  /** Of the text that is open, as it is written. */
  let text = ''
  /** On the first level; null where one is to come. */
  let key: string | null = null
  let name: string | undefined

  function endText(): CallFound | null {
    if (depth > 1) return null
    if (key === null) {
      key = text
      return name === undefined && !callKeys.has(key) ? { type: 'strange' } : null
    }
    if (key !== 'name') return null
    name = text
    return names.has(name) ? null : { type: 'strange' }
  }

  /** At a character of the first level that is of no text, comma or brace that closes. */
  function beginsStrangely(character: string): boolean {
    if (/\s/.test(character)) return false
    if (key === null) return character !== '"'
    return key === 'name' && character !== ':' && character !== '"'
  }

  function look(character: string, at: number): CallFound | null {
    if (isText) {
      if (isEscaped) isEscaped = false
      else if (character === '\\') isEscaped = true
      else if (character === '"') {
        isText = false
        return endText()
      }
      if (depth === 1) text += character
      return null
    }
    if (character === '}' || character === ']') {
      depth -= 1
      return depth <= 0 ? { type: 'end', at: at + 1 } : null
    }
    if (character === ',') {
      if (depth === 1) key = null
      return null
    }
    if (depth === 1) {
      if (beginsStrangely(character)) return { type: 'strange' }
      const isArguments = key === 'arguments' || key === 'parameters'
      if (character === '{' && isArguments && name !== undefined) {
        return { type: 'arguments', name, at }
      }
    }
    if (character === '"') {
      isText = true
      text = ''
    } else if (character === '{' || character === '[') depth += 1
    return null
  }

  return {
    /** @returns what is found in this piece, or null; behind a find it is not asked again */
    push(piece: string): CallFound | null {
      for (let at = 0; at < piece.length; at += 1) {
        const found = look(piece[at] ?? '', at)
        if (found) return found
      }
      return null
    },
  }
}

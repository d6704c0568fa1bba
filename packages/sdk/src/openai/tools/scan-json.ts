/**
 * Where JSON ends that comes in pieces.
 * @module
 */

/**
 * Of an object or a list; what is within is not looked at.
 * @param depth - how many are open already
 */
export function createScan(depth = 0) {
  let isText = false
  let isEscaped = false
  return {
    /** @returns where it ends in this piece, or null */
    push(piece: string): number | null {
      for (let index = 0; index < piece.length; index += 1) {
        const character = piece[index]
        if (isText) {
          if (isEscaped) isEscaped = false
          else if (character === '\\') isEscaped = true
          else if (character === '"') isText = false
        } else if (character === '"') isText = true
        else if (character === '{' || character === '[') depth += 1
        else if (character === '}' || character === ']') {
          depth -= 1
          if (depth <= 0) return index + 1
        }
      }
      return null
    },
  }
}

/**
 * The generated reference, as what it is.
 * @module
 */
import json from './generated/reference.json'
import type { ReferencePart } from './reference.ts'

export const referenceParts: readonly ReferencePart[] = json

/** @param name - an import, or `<weft-chat>`, or `Gateway` */
export function referencePart(name: string): ReferencePart | undefined {
  return referenceParts.find((part) => part.name === name)
}

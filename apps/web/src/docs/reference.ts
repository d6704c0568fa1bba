/**
 * What the sources say of themselves, as `npm run reference` writes it into `generated/`.
 * @module
 */

/** A part of an exported name: a field, a method, an attribute, an event. */
export type ReferenceMember = { signature: string; doc: string }

export type ReferenceEntry = {
  name: string
  /** TypeScript without its comments; `POST /v1/…` of an endpoint. */
  signature: string
  doc: string
  /** Of parameters, results and errors, as `@throws WeftError …`. */
  notes: string[]
  example: string | null
  members: ReferenceMember[]
}

/** What one import, element or address offers. */
export type ReferencePart = { name: string; entries: ReferenceEntry[] }

export type CatalogueError = {
  /** `<room>/<what>`. */
  code: string
  /** Every sentence that is said with it; `…` stands for what is filled in. */
  sentences: string[]
  /** Of HTTP; null where it never crosses it. */
  status: number | null
  /** OpenAI's word, where it has one. */
  word: string | null
}

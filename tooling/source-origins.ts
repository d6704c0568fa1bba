/**
 * Where the models of a site come from, for its Content-Security-Policy.
 * @module
 */
import { readFileSync } from 'node:fs'
import { parse } from '@weft/protocol'
import { catalogueFileSchema } from '@weft/sdk/catalogue-file'

/**
 * @returns the origins of the sources that a catalogue names, each once; folders of the site are none
 * @throws MalformedError
 */
export function sourceOrigins(cataloguePath: string): string[] {
  const json: unknown = JSON.parse(readFileSync(cataloguePath, 'utf8'))
  const { models } = parse('catalogue', catalogueFileSchema, json)
  const sources = models
    .flatMap(({ variants }) => variants)
    .flatMap((variant) => (variant.manifest === null ? [] : variant.sources))
  const origins = sources
    .filter((source) => URL.canParse(source))
    .map((each) => new URL(each).origin)
  return [...new Set(origins)]
}

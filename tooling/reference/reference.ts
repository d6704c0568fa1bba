/**
 * The reference and the catalogue of errors, as the site's docs show them.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { readGateway, readWidget } from './read-doors.ts'
import { readErrors } from './read-errors.ts'
import { readExports } from './read-exports.ts'
import { root } from './source-files.ts'

const folder = `${root}/apps/web/src/docs/generated`

/** @returns text by file name, as it has to be committed */
export function makeReference(): Record<string, string> {
  const exported = readExports({
    '@weft/sdk': 'packages/sdk/src/index.ts',
    '@weft/sdk/ai': 'packages/sdk/src/ai-sdk/index.ts',
    '@weft/react': 'packages/react/src/index.ts',
    '@weft/widget': 'packages/widget/src/index.ts',
  })
  return {
    'reference.json': toText([...exported, readWidget(), readGateway()]),
    'errors.json': toText(readErrors()),
  }
}

const toText = (value: object) => `${JSON.stringify(value, null, 1)}\n`

export function readCommitted(name: string): string {
  return readFileSync(`${folder}/${name}`, 'utf8')
}

export function writeReference(): void {
  for (const [name, text] of Object.entries(makeReference()))
    writeFileSync(`${folder}/${name}`, text)
}

import { expect, test } from 'vitest'
import { parseModel } from './look.ts'

const manifest = {
  task: 'chat',
  name: 'Bobbin',
  parameters: 2_410_176,
  licence: 'Apache-2.0',
  contextTokens: 512,
  files: [{ sizeBytes: 600 }, { sizeBytes: 2_775_511 }],
}

test('of a manifest, what a visitor reads', () => {
  const { name, parameters, licence, contextTokens } = manifest
  const shown = { name, parameters, licence, contextTokens, downloadBytes: 2_776_111 }
  expect(parseModel(manifest)).toEqual(shown)
})

test.each([
  [null],
  [{ ...manifest, task: 'embedding' }],
  [{ ...manifest, name: 3 }],
  [{ ...manifest, parameters: '2 M' }],
  [{ ...manifest, contextTokens: -1 }],
  [{ ...manifest, files: [{ sizeBytes: 600 }, {}] }],
])('nothing of %j', (value) => {
  expect(parseModel(value)).toBeNull()
})

/** What is committed is what the sources say; and the sources say what the docs promise. */
import { expect, test } from 'vitest'
import type { CatalogueError, ReferencePart } from '../../apps/web/src/docs/reference.ts'
import { makeReference, readCommitted } from './reference.ts'

const made = makeReference()

test.each(Object.keys(made))('%s is up to date: else `npm run reference`', (name) => {
  expect(made[name] === readCommitted(name)).toBe(true)
})

test('the reference has every door, and its words', () => {
  const parts: ReferencePart[] = JSON.parse(made['reference.json'] ?? '')
  const find = (part: string, name: string) =>
    parts.find((each) => each.name === part)?.entries.find((entry) => entry.name === name)
  expect(find('@weft/sdk', 'createClient')).toMatchObject({
    signature: 'function createClient(init: ClientInit): Promise<WeftClient>',
    doc: expect.stringContaining('A relay that is down is no error'),
    notes: [expect.stringContaining('@throws WeftError `sdk/catalogue`')],
    example: expect.stringContaining('createClient({'),
  })
  const { members } = find('@weft/sdk', 'ClientInit') ?? {}
  expect(members).toContainEqual({
    signature: 'local?: boolean',
    doc: 'This device answers, unless a request says otherwise.',
  })
  expect(find('<weft-chat>', 'Attributes')?.members.length).toBeGreaterThan(10)
  expect(find('Gateway', '/v1/chat/completions')?.signature).toBe('POST /v1/chat/completions')
})

test('an error has its sentences, also where a function hands them on, and its status', () => {
  const errors: CatalogueError[] = JSON.parse(made['errors.json'] ?? '')
  const find = (code: string) => errors.find((error) => error.code === code)
  expect(find('sdk/busy')).toMatchObject({
    sentences: ['Every tab is busy. A place is free in about … s.'],
    status: 503,
  })
  expect(find('sdk/unknown-model')).toMatchObject({ status: 404, word: 'model_not_found' })
  expect(find('gateway/wrong-key')?.status).toBe(401)
  expect(find('grants/origin')?.sentences).toEqual([
    'This app does not pay for visitors of this page.',
  ])
  expect(find('storage/folder-in-use')?.sentences.join()).toMatch(/^Another process/)
})

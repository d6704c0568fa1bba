import type { CuratedModel, ModelEntry } from '@weft/sdk'
import { expect, test } from 'vitest'
import { sampleNeeds as needs } from './sample-needs.ts'
import { namesOf, shelve } from './shelf.ts'

function curated(id: string, cids: (string | null)[]): CuratedModel {
  const variants = cids.map((modelCid) => ({
    dtype: 'q8' as const,
    modelCid,
    needs,
    isApproximate: modelCid === null,
  }))
  const words = { name: `Model ${id}`, sentence: 'Good.', licence: 'MIT' }
  return { id, ...words, parameters: 2e6, contextTokens: 131_072, variants }
}

function entry(modelCid: string, isImported: boolean): ModelEntry {
  const manifest = {
    name: `Entry ${modelCid}`,
    description: 'Its own words.',
    licence: 'MIT',
    parameters: 5,
    contextTokens: 512,
    dtype: 'q4',
    task: 'embedding',
  } as ModelEntry['manifest']
  return {
    modelCid,
    manifest,
    downloadBytes: 2e6,
    needs,
    parts: [],
    isImported,
    publisher: null,
    isChosen: true,
    liveNodes: 3,
    prices: [],
    payees: [],
    storingTabs: 2,
  }
}

test('ready are those with something to load, then the imported; the others are wanted', () => {
  const { ready, wanted } = shelve(
    [curated('a', [null, 'cid-a']), curated('b', [null])],
    [entry('cid-a', false), entry('cid-x', true)],
  )
  expect(ready.map(({ name }) => name)).toEqual(['Model a', 'Entry cid-x'])
  expect(wanted.map(({ id }) => id)).toEqual(['b'])
  expect(ready[0]?.variants.map(({ liveNodes }) => liveNodes)).toEqual([null, 3])
  expect(ready[1]).toMatchObject({ isImported: true, sentence: 'Its own words.' })
})

test('what other tabs brought stands apart, with its names beside the others', () => {
  const foreign = { ...entry('cid-y', false), publisher: 'peer-x' }
  const shelf = shelve([curated('a', ['cid-a'])], [entry('cid-a', false), foreign])
  expect(shelf.ready.map(({ id }) => id)).toEqual(['a'])
  expect(shelf.published).toMatchObject([{ id: 'cid-y', publisher: 'peer-x' }])
  expect(shelf.published[0]?.variants[0]).toMatchObject({ storingTabs: 2, liveNodes: 3 })
  expect(namesOf(shelf).map(({ modelCid }) => modelCid)).toEqual(['cid-a', 'cid-y'])
})

test('each that can be loaded has its name and its task', () => {
  const shelf = shelve([curated('a', [null, 'cid-a'])], [entry('cid-a', false)])
  expect(namesOf(shelf)).toEqual([{ name: 'Model a', dtype: 'q8', modelCid: 'cid-a' }])
  expect(shelf.ready[0]?.variants.map(({ task }) => task)).toEqual(['chat', 'embedding'])
})

test('the context is that of the manifest, and without one what a manifest would take', () => {
  const list = [entry('cid-a', false)]
  expect(shelve([curated('a', ['cid-a'])], list).ready[0]?.contextTokens).toBe(512)
  const [wanted] = shelve([curated('a', [null])], []).wanted
  expect(wanted).toMatchObject({ contextTokens: 4096, trainedTokens: 131_072 })
})

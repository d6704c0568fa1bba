import type { CachedModel, Fit, StorageSpace } from '@weft/sdk'
import { expect, test } from 'vitest'
import {
  deleteQuestion,
  fetchWords,
  fitWord,
  keptWords,
  manifestCommand,
  modelLine,
  nodesWords,
  spaceSentence,
  variantLine,
} from './model-words.ts'
import type { ShelfModel, ShelfVariant } from './shelf.ts'

const variant: ShelfVariant = {
  dtype: 'q8',
  task: 'chat',
  modelCid: 'm',
  needs: {
    backends: ['wasm'],
    features: [],
    tensorBytes: null,
    downloadBytes: 2_882_261,
    memoryBytes: 11_213_568,
    cpuMemoryBytes: 13_496_986,
    largestFileBytes: 2_775_511,
  },
  isApproximate: false,
  liveNodes: 1,
  storingTabs: null,
}

const model: ShelfModel = {
  id: 'a/b',
  name: 'B',
  sentence: '',
  licence: 'LicenseRef-gemma',
  parameters: 999_885_952,
  contextTokens: 32_768,
  trainedTokens: 32_768,
  isImported: false,
  publisher: null,
  variants: [variant],
}

test('a model in a line', () => {
  expect(modelLine(model)).toBe('1.0 B parameters · gemma licence · 32,768 tokens of context')
  expect(modelLine({ ...model, contextTokens: 4096 })).toMatch(/4,096 of 32,768 tokens of context$/)
  expect(modelLine({ ...model, parameters: 134_515_008, licence: 'MIT' })).toMatch(
    /^135 M parameters · MIT · /,
  )
})

const unknown = { fit: null, keptBytes: 0 }

test('a variant in a line: estimates say so, and unloadable ones have no nodes', () => {
  expect(variantLine(variant, unknown)).toBe('2.9 MB to fetch · 11.2 MB of memory · 1 node live')
  expect(variantLine({ ...variant, storingTabs: 2 }, unknown)).toMatch(/1 node live · from 2 tabs$/)
  expect(variantLine({ ...variant, liveNodes: null }, unknown)).toContain('nodes unknown')
  expect(variantLine({ ...variant, modelCid: null, isApproximate: true }, unknown)).toBe(
    'about 2.9 MB to fetch · about 11.2 MB of memory',
  )
})

test('the memory is told once: by the verdict where it has it', () => {
  const why = 'Needs about 11 MB of memory; this device shows 16 GB.'
  const line = (fit: Fit) => variantLine(variant, { fit, keptBytes: 0 })
  expect(line({ runs: true, backend: 'wasm', why })).not.toContain('memory')
  expect(line({ runs: false, why: 'Needs WebGPU.' })).toContain('11.2 MB of memory')
})

test('what is kept is not fetched again', () => {
  expect(fetchWords(2.9e6, 0)).toBe('2.9 MB to fetch')
  expect(fetchWords(2.9e6, 1.2e6)).toBe('1.7 MB of 2.9 MB still to fetch')
  expect(fetchWords(2.9e6, 2.9e6)).toBe('2.9 MB, kept in this browser')
})

test('the verdict promises no more than it knows', () => {
  const fit = { runs: true, backend: 'wasm', why: '' } as const
  expect(fitWord(fit, true)).toBe('Runs here (CPU)')
  expect(fitWord({ ...fit, backend: 'webgpu' }, false)).toBe('Would run here (WebGPU)')
  expect(fitWord({ runs: false, why: '' }, true)).toBe('Does not run here')
})

test('a part is told as a part, and a deletion by what it costs', () => {
  const kept = { cachedBytes: 1.2e6, totalBytes: 2.9e6 } as CachedModel
  expect(keptWords(kept)).toBe('1.2 MB of 2.9 MB')
  expect(keptWords({ ...kept, cachedBytes: 2.9e6 })).toBe('2.9 MB')
  expect(deleteQuestion(kept, true)).toBe('Delete 1.2 MB? It has to be fetched again.')
  expect(deleteQuestion(kept, false)).toContain('imported again')
  expect(deleteQuestion({ ...kept, publisher: 'x' }, false)).toContain('only from a tab')
})

test('storage: what is used, what may be, and when nothing lasts', () => {
  const space: StorageSpace = {
    modelBytes: 2.9e6,
    usedBytes: 5e6,
    quotaBytes: 10e9,
    isPersisted: false,
    isLasting: true,
  }
  expect(spaceSentence(space)).toBe('Models take 2.9 MB; this site may keep 10.0 GB.')
  expect(spaceSentence({ ...space, modelBytes: 0, quotaBytes: null })).toBe('Nothing is kept yet.')
  expect(spaceSentence({ ...space, isLasting: false })).toContain('private window')
})

test('the command names the variant', () => {
  expect(manifestCommand(model.id, 'q4f16')).toBe('npm run manifest -- a/b --dtype q4f16 --add')
})

test('who is live is told with what it asks', () => {
  const free = { inputWeiPerMillion: 0n, outputWeiPerMillion: 0n }
  const paid = { inputWeiPerMillion: 10n ** 18n, outputWeiPerMillion: 2n * 10n ** 18n }
  expect(nodesWords({ liveNodes: null, prices: [] })).toBe('nodes unknown')
  expect(nodesWords({ liveNodes: 0, prices: [] })).toBe('0 nodes live')
  expect(nodesWords({ liveNodes: 2, prices: [free, free] })).toBe('2 nodes live, free')
  expect(nodesWords({ liveNodes: 2, prices: [free, paid] })).toBe('2 nodes live, 1 of them free')
  expect(nodesWords({ liveNodes: 1, prices: [paid] })).toBe(
    '1 node live, for 2.00 WEFT a million tokens',
  )
})

import type { ModelEntry } from '@weft/sdk'
import { expect, test } from 'vitest'
import { shareChoices } from './share.ts'

test('a share says which layers it has, for whom, and what they take', () => {
  const part = { allLayers: 4, memoryBytes: 4_400_000 }
  const parts = [
    { ...part, part: 0, firstLayer: 0, layers: 1 },
    { ...part, part: 1, firstLayer: 1, layers: 3 },
  ] as ModelEntry['parts']
  expect(shareChoices({ parts }).map(([, words]) => words)).toEqual([
    'Whole model',
    'Layer 1 of 4, reads prompts and answers (4.4 MB)',
    'Layers 2 to 4 of 4, for other tabs (4.4 MB)',
  ])
  expect(shareChoices({ parts: [] })).toHaveLength(1)
})

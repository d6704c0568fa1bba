import { expect, test } from 'vitest'
import type { ModelEntry } from '../tab.ts'
import { findModel } from './find-model.ts'

const entry = (modelCid: string, id: string, name: string, publisher: string | null = null) =>
  ({ modelCid, manifest: { id, name, task: 'chat' }, publisher, liveNodes: null }) as ModelEntry
const bobbin = entry('cid-1', 'weft/bobbin-2m', 'Bobbin')
const find = (models: ModelEntry[], name: string) => findModel(models, { name, task: 'chat' })

test('what people call a model names it, where the site calls one so and no stranger can', () => {
  const others = [entry('cid-2', 'evil/bobbin', 'Bobbin', 'stranger'), bobbin]
  expect(find(others, 'Bobbin')).toBe(bobbin)
  expect(find(others, 'cid-2').modelCid).toBe('cid-2')
  const twins = [bobbin, entry('cid-3', 'other/bobbin', 'Bobbin')]
  expect(() => find(twins, 'Bobbin')).toThrow('no model Bobbin here')
})

test('of what there is, five are named, none of them a stranger’s', () => {
  const many = Array.from({ length: 7 }, (_, index) => entry(`cid-${index}`, `a/${index}`, 'A'))
  const message = () => find([entry('x', 'evil/x', 'X', 'stranger'), ...many], 'gpt-4o')
  expect(message).toThrow('There is, for example: a/0, a/1, a/2, a/3, a/4. All are at /v1/models')
})

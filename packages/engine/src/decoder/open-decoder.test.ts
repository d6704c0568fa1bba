import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nodeCpu } from '../testing/node-model.ts'
import { failReleases } from '../testing/watch-runs.ts'
import { openDecoder } from './open-decoder.ts'

const read = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../testing/${name}`, import.meta.url)))

describe('a graph that is no decoder', () => {
  test.each([
    ['identity.onnx', 'engine/unsupported', 'It has no input input_ids.'],
    ['unknown-operator.onnx', 'engine/unsupported', 'MadeUp'],
  ])('%s is %s', async (name, code, fact) => {
    const opening = openDecoder({
      runtime: nodeCpu,
      graph: read(name),
      externalData: [],
      contextTokens: 64,
    })
    await expect(opening).rejects.toThrow(
      expect.objectContaining({ code, facts: [expect.stringContaining(fact)] }),
    )
  })

  test('is named as such even where its session cannot be released', async () => {
    const opening = openDecoder({
      runtime: failReleases(),
      graph: read('identity.onnx'),
      externalData: [],
      contextTokens: 64,
    })
    await expect(opening).rejects.toThrow(expect.objectContaining({ code: 'engine/unsupported' }))
  })
})

/** Cheaper models are models still, and say something else. */
import { expect, test } from 'vitest'
import { openDecoder } from '../decoder/open-decoder.ts'
import { runGreedy } from '../known-answer.ts'
import { cheapen } from './cheapen.ts'
import { nodeCpu, readBobbin } from './node-model.ts'

const { manifest, files } = readBobbin()
const { promptTokens: prompt } = manifest.knownAnswer

async function say(changed: ReadonlyMap<string, Uint8Array>) {
  const graph = changed.get(manifest.graph) as Uint8Array
  const decoder = await openDecoder({
    runtime: nodeCpu,
    graph,
    externalData: [],
    contextTokens: 512,
  })
  const { firstLogits } = await runGreedy(decoder, { prompt, count: 1 })
  await decoder.release()
  return firstLogits
}

test('fewer bits and fewer layers part from the whole, the more the cheaper', async () => {
  const honest = await say(files)
  const distanceOf = async (bits: number | null, skippedLayers: number) => {
    const logits = await say(cheapen(files, manifest.graph, { bits, skippedLayers }))
    return Math.max(...logits.map((logit, token) => Math.abs(logit - (honest[token] ?? 0))))
  }
  expect(await distanceOf(null, 0)).toBe(0)
  const six = await distanceOf(6, 0)
  expect(six).toBeGreaterThan(0.01)
  expect(await distanceOf(4, 0)).toBeGreaterThan(six)
  expect(await distanceOf(null, 2)).toBeGreaterThan(1)
})

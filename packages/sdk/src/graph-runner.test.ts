import { buildEncoder } from '@weft/engine/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient, type WeftClient } from './client.ts'
import type { GraphFeeds } from './tab.ts'
import { openVectorsSite, vectorsModel } from './testing/vectors-site.ts'

let site: Awaited<ReturnType<typeof openVectorsSite>>
let client: WeftClient

beforeAll(async () => {
  site = await openVectorsSite()
  client = await createClient({ modelsUrl: site.modelsUrl })
}, 30_000)
afterAll(async () => {
  await client.close()
  await site.close()
})

const words = (...ids: bigint[]): GraphFeeds => {
  const row = (data: bigint[]) => ({
    dtype: 'int64' as const,
    dims: [1, data.length],
    data: BigInt64Array.from(data),
  })
  return {
    input_ids: row(ids),
    attention_mask: row(ids.map(() => 1n)),
    token_type_ids: row(ids.map(() => 0n)),
  }
}

test('a graph of bytes and the same one of the site give the same tensors', async () => {
  const graph = buildEncoder().get('onnx/model.onnx') ?? new Uint8Array()
  const size = graph.length
  const own = await client.run(graph, words(1n, 2n, 3n))
  const [[name = '', tensor] = []] = Object.entries(own)
  expect(tensor).toMatchObject({ dtype: 'float32', dims: [1, 3, expect.any(Number)] })
  // It is the caller's still, and it can run again.
  expect(graph.length).toBe(size)
  expect(await client.run(graph, words(1n, 2n, 3n))).toEqual(own)
  expect(await client.run(graph, words(1n, 2n))).not.toEqual(own)
  expect(await client.run(vectorsModel, words(1n, 2n, 3n), { fetches: [name] })).toEqual({
    [name]: tensor,
  })
})

test('an array that holds another graph by now is that graph', async () => {
  const graph = buildEncoder().get('onnx/model.onnx') ?? new Uint8Array()
  const text = Buffer.from(graph).toString('latin1')
  const other = new Uint8Array(Buffer.from(text.replaceAll('Add', 'Sub'), 'latin1'))
  expect(other.length).toBe(graph.length)
  const array = graph.slice()
  const feeds = words(1n, 2n, 3n)
  const sum = await client.run(array, feeds)
  array.set(other)
  const difference = await client.run(array, feeds)
  expect(difference).not.toEqual(sum)
  expect(await client.run(graph, feeds)).toEqual(sum)
  expect(await client.run(other, feeds)).toEqual(difference)
})

test('what is wrong is told by its name, and harms no run behind it', async () => {
  const whole = words(1n, 2n)
  const { input_ids } = whole
  const codeOf = (run: Promise<unknown>) => run.then(String, ({ code }) => code)
  expect(await codeOf(client.run('weft/none', whole))).toBe('sdk/unknown-model')
  expect(await codeOf(client.run(Uint8Array.of(1, 2), whole))).toBe('engine/bad-graph')
  if (!input_ids) throw new Error('no ids')
  const short = { ...whole, input_ids: { ...input_ids, dims: [1, 3] } }
  await expect(client.run(vectorsModel, short)).rejects.toMatchObject({
    code: 'engine/bad-feeds',
    facts: expect.arrayContaining([expect.stringContaining('input_ids')]),
  })
  expect(await codeOf(client.run(vectorsModel, whole, { fetches: ['none'] }))).toBe(
    'engine/bad-fetches',
  )
  const signal = AbortSignal.abort()
  expect(await codeOf(client.run(vectorsModel, whole, { signal }))).toBe('protocol/cancelled')
  expect(Object.keys(await client.run(vectorsModel, whole))).toHaveLength(1)
})

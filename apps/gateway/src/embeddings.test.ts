/**
 * Vectors of a real (small, random) model, for both clients.
 * @module
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { createClient, type WeftClient } from '@weft/sdk'
import { openVectorsSite, vectorsModel } from '@weft/sdk/testing/vectors-site'
import { embedMany } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from './access/api-keys.ts'
import { parseConfig } from './config.ts'
import { createGateway } from './gateway.ts'
import { type Listening, listen, socketAddress } from './listen.ts'
import { createMetrics } from './metrics.ts'
import { openSqliteState } from './state/sqlite-state.ts'

const { key, sha256 } = createKey()
const values = ['sunny day at the beach', 'rainy afternoon in the city']
let site: Awaited<ReturnType<typeof openVectorsSite>>
let upstream: WeftClient
let server: Listening

beforeAll(async () => {
  site = await openVectorsSite()
  upstream = await createClient({ modelsUrl: site.modelsUrl, local: true })
  const { app } = createGateway({
    upstream,
    state: openSqliteState(':memory:'),
    metrics: createMetrics(),
    config: parseConfig({ keys: [{ name: 'tests', sha256 }], embeddingModels: [vectorsModel] }),
    addressOf: socketAddress,
  })
  server = await listen(app, { host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await server.stop()
  await upstream.close()
  await site.close()
})

test('the official client, which asks for base64, and the AI SDK, which asks for numbers, get the same', async () => {
  const baseURL = `${server.url}/v1`
  const client = new OpenAI({ apiKey: key, baseURL })
  const { data, usage } = await client.embeddings.create({ model: vectorsModel, input: values })
  expect(data).toHaveLength(2)
  expect(usage.prompt_tokens).toBeGreaterThan(4)
  const provider = createOpenAICompatible({ name: 'weft', apiKey: key, baseURL })
  const { embeddings } = await embedMany({ model: provider.embeddingModel(vectorsModel), values })
  for (const [index, { embedding }] of data.entries()) {
    expect(Math.hypot(...embedding)).toBeCloseTo(1)
    expect(embeddings[index]).toEqual(embedding.map((value) => expect.closeTo(value, 6)))
  }
  // Its owner has not said that this one may be loaded.
  const other = client.embeddings.create({ model: 'weft/bobbin-2m', input: 'moon' })
  await expect(other).rejects.toMatchObject({
    code: 'model_not_found',
    message: expect.stringContaining('"embeddingModels"'),
  })
})

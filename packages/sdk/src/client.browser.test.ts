import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient, type WeftClient } from './client.ts'

const model = 'weft/bobbin-2m'
const modelsUrl = new URL('/models/', location.href).href
const messages = [{ role: 'user' as const, content: 'Tell me a story about a fox.' }]
const asked = { model, messages, temperature: 0, max_tokens: 16 }

let client: WeftClient

beforeAll(async () => {
  client = await createClient({ modelsUrl, local: true })
})
afterAll(() => client.close())

test('a real tab answers by itself', async () => {
  const whole = await client.chat.completions.create(asked)
  expect(whole.usage.completion_tokens).toBe(16)
  let text = ''
  for await (const { choices } of await client.chat.completions.create({
    ...asked,
    stream: true,
  })) {
    text += choices[0]?.delta.content ?? ''
  }
  expect(text).toBe(whole.choices[0].message.content)
})

test('so does a module worker of its page', async () => {
  const source = new URL('./testing/client-worker.ts', import.meta.url)
  const worker = new Worker(source, { type: 'module' })
  const said = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.postMessage({ modelsUrl, asked })
  })
  worker.terminate()
  const { choices } = await client.chat.completions.create(asked)
  expect(said).toBe(choices[0].message.content)
})

test('a model of the site runs as the graph that it is, in a worker', async () => {
  const ones = (dims: number[]) => ({ dtype: 'int64' as const, dims, data: BigInt64Array.of(1n) })
  const empty = { dtype: 'float32' as const, dims: [1, 2, 0, 48], data: new Float32Array() }
  const caches = [0, 1, 2, 3].flatMap((layer) => [`${layer}.key`, `${layer}.value`])
  const feeds = {
    input_ids: ones([1, 1]),
    attention_mask: ones([1, 1]),
    position_ids: { ...ones([1, 1]), data: BigInt64Array.of(0n) },
    ...Object.fromEntries(caches.map((name) => [`past_key_values.${name}`, empty])),
  }
  const { logits } = await client.run(model, feeds, { fetches: ['logits'] })
  expect(logits?.dims).toEqual([1, 1, 4096])
  expect(new Set(logits?.data as Float32Array).size).toBeGreaterThan(1000)
  await expect(client.run(model, {})).rejects.toMatchObject({ code: 'engine/bad-feeds' })
})

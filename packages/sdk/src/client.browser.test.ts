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

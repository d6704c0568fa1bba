import { WeftError } from '@weft/protocol'
import type OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiRoad, openApiRoad } from '../testing/api-road.ts'
import { toApiError } from './api-error.ts'
import type { ChatCompletions } from './chat-completions.ts'

let road: ApiRoad
let completions: ChatCompletions

const model = 'weft/bobbin-2m'
const messages = [{ role: 'user' as const, content: 'Tell me a story about a fox and a lantern.' }]

beforeAll(async () => {
  road = await openApiRoad()
  completions = road.api.chat.completions
})
afterAll(() => road.close())

test('answers a chat as the official client does, with its receipt', async () => {
  const chat = await completions.create({ model, messages, temperature: 0, max_tokens: 24 })
  const asTheirs = chat satisfies OpenAI.ChatCompletion
  const [choice] = asTheirs.choices
  expect(choice?.message.content?.length).toBeGreaterThan(20)
  expect(choice?.finish_reason).toBe('length')
  expect(chat.usage.completion_tokens).toBe(24)
  expect(chat.usage.prompt_tokens).toBe(chat.weft.receipt?.inputTokens)
  expect(chat.weft.receipt?.nodePeerId).toBe(road.node.peerId)
  expect(chat.system_fingerprint).toBe(chat.weft.modelCid)
})

test('streams the same text, its end, and its usage where that is asked for', async () => {
  const params = { model, messages, temperature: 0, max_tokens: 24 }
  const whole = await completions.create(params)
  const stream = await completions.create({
    ...params,
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  expect(text).toBe(whole.choices[0].message.content)
  expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('length')
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
})

test('an answer is stopped by leaving the loop, by the controller and by the signal', async () => {
  const endsOf = () => road.served.filter(({ type }) => type === 'job-end').length
  const before = endsOf()
  const open = () => completions.create({ model, messages, max_tokens: 400, stream: true })
  for await (const chunk of await open()) if (chunk.choices[0]?.delta.content) break
  const stream = await open()
  let seen = 0
  for await (const _ of stream) if (++seen === 3) stream.controller.abort()
  expect(seen).toBeLessThan(100)
  const signal = AbortSignal.abort()
  const refused = completions.create({ model, messages }, { signal })
  await expect(refused).rejects.toMatchObject({ code: 'protocol/cancelled' })
  await expect.poll(endsOf).toBe(before + 2)
})

test('JSON that was asked for is JSON', async () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', maxLength: 12 },
      legs: { type: 'integer', minimum: 0, maximum: 1000 },
    },
    required: ['name', 'legs'],
    additionalProperties: false,
  }
  const chat = await completions.create({
    model,
    messages,
    max_completion_tokens: 120,
    response_format: { type: 'json_schema', json_schema: { name: 'animal', schema } },
  })
  const said = JSON.parse(chat.choices[0].message.content ?? '')
  expect(said).toEqual({ name: expect.any(String), legs: expect.any(Number) })
})

test('what is wrong with a request is told by its name, in words of OpenAI', async () => {
  const errorOf = (change: object) =>
    completions.create({ model, messages, ...change }).then(
      () => undefined,
      (error) => toApiError(error),
    )
  const unsupported = { status: 400, code: 'unsupported_parameter' }
  expect(await errorOf({ n: 2 })).toMatchObject({ ...unsupported, param: 'n' })
  expect(await errorOf({ logprobs: true })).toMatchObject({ ...unsupported, param: 'logprobs' })
  expect(await errorOf({ seed: 1 })).toMatchObject({ ...unsupported, param: 'seed' })
  expect(await errorOf({ temperature: 3 })).toMatchObject({
    code: 'invalid_value',
    param: 'temperature',
  })
  expect(await errorOf({ messages: [{ role: 'user' }] })).toMatchObject({
    param: 'messages[0].content',
  })
  const image = { type: 'image_url', image_url: { url: 'data:,' } }
  expect(await errorOf({ messages: [{ role: 'user', content: [image] }] })).toMatchObject({
    param: 'messages[0].content',
    message: expect.stringContaining('only text is taken'),
  })
  expect(await errorOf({ model: 'gpt-5' })).toMatchObject({
    status: 404,
    code: 'model_not_found',
    message: expect.stringMatching(
      /^There is no model gpt-5 here\. .*weft\/bobbin-2m.*\/v1\/models/,
    ),
  })
  const long = [{ role: 'user', content: 'fox '.repeat(3000) }]
  expect(await errorOf({ messages: long })).toMatchObject({
    status: 400,
    code: 'context_length_exceeded',
    weftCode: 'engine/prompt-too-long',
  })
})

test('of what is no error of ours nothing is told', () => {
  expect(toApiError(new Error('secret path'))).toMatchObject({ status: 500, type: 'server_error' })
  expect(toApiError(new Error('secret path')).message).not.toContain('secret')
  expect(toApiError(new WeftError('network/node-lost', 'Gone.')).status).toBe(502)
})

test('a prompt of the time before chats is answered, too', async () => {
  const params = { model, prompt: 'Tell me a story about a fox.', max_tokens: 8, temperature: 0 }
  const whole = (await road.api.completions.create(params)) satisfies OpenAI.Completion
  let text = ''
  for await (const { choices } of await road.api.completions.create({ ...params, stream: true })) {
    text += choices[0]?.text ?? ''
  }
  expect(text).toBe(whole.choices[0]?.text)
  expect(text.length).toBeGreaterThan(8)
})

test('models are listed by name and found by name and CID', async () => {
  const { data } = await road.api.models.list()
  const models: OpenAI.Model[] = data
  expect(models).toMatchObject([{ id: model, owned_by: 'weft', weft: { liveNodes: 1 } }])
  const cid = data[0]?.weft.modelCid ?? ''
  expect(await road.api.models.retrieve(cid)).toEqual(data[0])
})

/**
 * The official client's documented examples, against the gateway over a real road. Only the model's name differs.
 * @module
 */
import {
  bytesToHex,
  checkSharedAnswer,
  decode,
  receiptId,
  receiptSchema,
  unpackAnswer,
} from '@weft/protocol'
import type { RequestOptions } from '@weft/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey } from './access/api-keys.ts'
import { openGatewayStage } from './testing/gateway-stage.ts'
import type { Upstream } from './upstream.ts'

const { key, sha256 } = createKey()
let stage: Awaited<ReturnType<typeof openGatewayStage>>
let gateway: Awaited<ReturnType<typeof stage.start>>
let client: OpenAI
let model: string

beforeAll(async () => {
  stage = await openGatewayStage()
  model = stage.model
  gateway = await stage.start({ keys: [{ name: 'tests', sha256 }] })
  client = new OpenAI({ apiKey: key, baseURL: gateway.baseURL })
})
afterAll(() => stage.close())

const question = [{ role: 'user', content: 'Say this is a test' }] as const

describe('as in its README', () => {
  test('a chat', async () => {
    const completion = await client.chat.completions.create({
      model,
      messages: [
        { role: 'developer', content: 'Talk like a pirate.' },
        { role: 'user', content: 'Are semicolons optional in JavaScript?' },
      ],
    })
    expect(completion.choices[0]?.message.content).toMatch(/\w/)
    expect(completion.usage?.total_tokens).toBeGreaterThan(10)
    expect(completion._request_id).toMatch(/^req_[0-9a-f]{32}$/)
  })

  test('a stream', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: [...question],
      stream: true,
    })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    const text = chunks.map(({ choices }) => choices[0]?.delta?.content || '').join('')
    expect(text).toMatch(/\w/)
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toMatch(/stop|length/)
    expect(chunks.every(({ usage }) => !usage)).toBe(true)
  })

  test('a stream with its usage', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: [...question],
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { total_tokens: expect.any(Number) },
    })
    expect(chunks.filter(({ usage }) => usage)).toHaveLength(1)
  })

  test('the streaming helper', async () => {
    const runner = client.chat.completions.stream({ model, messages: [...question] })
    let told = ''
    runner.on('content', (delta) => {
      told += delta
    })
    const completion = await runner.finalChatCompletion()
    expect(completion.choices[0]?.message.content).toBe(told)
  })

  test('a completion, the models, the raw response', async () => {
    const completion = await client.completions.create({
      model,
      prompt: 'Say hello.',
      max_tokens: 5,
    })
    expect(completion.choices[0]?.text).toMatch(/\w/)
    const names: string[] = []
    for await (const each of client.models.list()) names.push(each.id)
    expect(names).toEqual([model])
    expect((await client.models.retrieve(model)).owned_by).toBe('weft')
    const raw = await client.chat.completions
      .create({ model, messages: [...question] })
      .asResponse()
    expect(raw.headers.get('weft-receipt')).toMatch(/^[\w-]+$/)
  })
})

describe('functions', () => {
  const parameters = {
    type: 'object',
    properties: { city: { type: 'string', enum: ['Paris', 'Rome'] } },
    required: ['city'],
    additionalProperties: false,
  }
  const about = { name: 'weather', description: 'Tells the weather of a city.', parameters }

  test('its stream helper puts a call together, and its result goes back', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [...question]
    const tools = [{ type: 'function' as const, function: about }]
    const asked = { model, tools, temperature: 0, max_tokens: 120 }
    const stream = client.chat.completions.stream({ ...asked, messages, tool_choice: 'required' })
    const pieces: string[] = []
    stream.on('tool_calls.function.arguments.delta', (event) => pieces.push(event.arguments_delta))
    const [choice] = (await stream.finalChatCompletion()).choices
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(choice?.message.content).toBeNull()
    const [call] = choice?.message.tool_calls ?? []
    if (!choice || call?.type !== 'function') throw new Error('no call')
    expect(pieces.join('')).toBe(call.function.arguments)
    const { city } = JSON.parse(call.function.arguments)
    expect(parameters.properties.city.enum).toContain(city)
    messages.push(choice.message, { role: 'tool', tool_call_id: call.id, content: 'sunny' })
    const { choices } = await client.chat.completions.create({
      ...asked,
      messages,
      tool_choice: 'none',
    })
    expect(choices[0]?.message.content).toMatch(/\w/)
  })

  test('its runner calls the function that was named', async () => {
    const asked: string[] = []
    const run = ({ city }: { city: string }) => {
      asked.push(city)
      return 'sunny'
    }
    const runner = client.chat.completions.runTools({
      model,
      messages: [...question],
      max_tokens: 120,
      tools: [{ type: 'function', function: { ...about, function: run, parse: JSON.parse } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    })
    expect(await runner.finalFunctionToolCallResult()).toBe('sunny')
    expect(asked).toEqual([expect.stringMatching(/Paris|Rome/)])
  })

  test('what is wrong with one is told by its place', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'the weather' } }]
    const asking = client.chat.completions.create({ model, messages: [...question], tools })
    await expect(asking).rejects.toMatchObject({
      status: 400,
      param: 'tools[0].function.name',
      type: 'invalid_request_error',
    })
  })
})

describe('a receipt', () => {
  test('comes with an answer, is signed by its node, and can be checked against the answer', async () => {
    const { data, response } = await client.chat.completions
      .create({ model, messages: [...question], max_tokens: 20 })
      .withResponse()
    const bytes = Buffer.from(response.headers.get('weft-receipt') ?? '', 'base64url')
    const receipt = decode('receipt', receiptSchema, new Uint8Array(bytes))
    const id = response.headers.get('weft-receipt-id')
    const kept = await client.get<{ receipt: string; answer: string }>(`/receipts/${id}`)
    const shared = await unpackAnswer(kept.answer)
    checkSharedAnswer(shared)
    expect(shared.text).toBe(data.choices[0]?.message.content)
    expect(bytesToHex(receiptId(shared.receipt))).toBe(bytesToHex(receiptId(receipt)))
    expect(receipt.nodePeerId).toBe(stage.road.node.peerId)
  })

  test('comes with the last words of a stream', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: [...question],
      stream: true,
    })
    const weft: unknown[] = []
    for await (const chunk of stream) if ('weft' in chunk) weft.push(chunk.weft)
    expect(weft).toMatchObject([{ cost_wei: '0', receipt: expect.any(String) }])
  })

  test('of somebody else is not told', async () => {
    const other = createKey()
    const state = gateway.state
    const shared = await stage.start(
      {
        keys: [
          { name: 'tests', sha256 },
          { name: 'other', sha256: other.sha256 },
        ],
      },
      { state },
    )
    const { response } = await client.chat.completions
      .create({ model, messages: [...question], max_tokens: 4 })
      .withResponse()
    const id = response.headers.get('weft-receipt-id')
    const ask = (apiKey: string) =>
      fetch(`${shared.baseURL}/receipts/${id}`, { headers: { authorization: `Bearer ${apiKey}` } })
    expect((await ask(other.key)).status).toBe(404)
    expect((await ask(key)).status).toBe(200)
  })
})

describe('stopping', () => {
  const story = [{ role: 'user', content: 'Tell me a long story about a fox.' }] as const
  const jobs = () => stage.road.served.filter(({ type }) => type === 'job-start').length
  const stopped = () =>
    expect.poll(() => stage.road.served.findLast(({ type }) => type === 'job-end'), {
      timeout: 5_000,
    })

  test('a break out of the loop stops the job at its node', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: [...story],
      stream: true,
    })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    await stopped().toMatchObject({ state: 'cancelled' })
    expect(await gateway.metrics.registry.metrics()).toContain('answers_total{end="cancelled"} 1')
  })

  test('so does an aborted signal, of an answer that is not streamed too', async () => {
    const before = jobs()
    const abort = new AbortController()
    const asking = client.chat.completions.create(
      { model, messages: [...story], max_tokens: 4_000 },
      { signal: abort.signal },
    )
    await expect.poll(jobs).toBe(before + 1)
    abort.abort()
    await expect(asking).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    await stopped().toMatchObject({ state: 'cancelled' })
  })
})

test('an answer for which there is no time comes as far as it was made, and says that it was cut', async () => {
  const create = (body: never, options: RequestOptions) => {
    let isSlow = true
    const onEvent: RequestOptions['onEvent'] = (event) => {
      options.onEvent?.(event)
      // All that the gateway has for it, at the first token of however fast a model.
      if (event.type === 'delta' && isSlow) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100)
        isSlow = false
      }
    }
    return stage.road.api.chat.completions.create(body, { ...options, onEvent })
  }
  const upstream = { ...stage.road.api, chat: { completions: { create } } } as unknown as Upstream
  const config = { keys: [{ name: 'tests', sha256 }], requestMs: 1_000 }
  const { baseURL } = await stage.start(config, { upstream })
  const { data, response } = await new OpenAI({ apiKey: key, baseURL }).chat.completions
    .create({ model, messages: [...question], max_tokens: 400 })
    .withResponse()
  expect(data.choices).toMatchObject([
    { finish_reason: 'length', message: { content: expect.stringMatching(/\w/) } },
  ])
  expect(response.headers.get('weft-cut-ms')).toBe('1000')
  expect(data.usage?.completion_tokens).toBeGreaterThan(0)
  expect(data.usage?.completion_tokens).toBeLessThan(400)
})

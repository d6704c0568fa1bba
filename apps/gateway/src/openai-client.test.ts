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
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey } from './access/api-keys.ts'
import { openGatewayStage } from './testing/gateway-stage.ts'

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

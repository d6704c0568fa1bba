/**
 * What the gateway says when something is wrong, in the words that OpenAI's clients know, and what it then costs.
 * @module
 */
import { connect } from 'node:net'
import { WeftError } from '@weft/protocol'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey } from './access/api-keys.ts'
import { openSqliteState } from './state/sqlite-state.ts'
import { type GatewayChange, openGatewayStage } from './testing/gateway-stage.ts'
import type { Upstream } from './upstream.ts'

const { key, sha256 } = createKey()
const json = { 'content-type': 'application/json' }
let stage: Awaited<ReturnType<typeof openGatewayStage>>

beforeAll(async () => {
  stage = await openGatewayStage()
})
afterAll(() => stage.close())

/** @returns the official client, and how often it has asked */
async function open(config: object = {}, change: GatewayChange = {}) {
  const gateway = await stage.start({ keys: [{ name: 'tests', sha256 }], ...config }, change)
  let requests = 0
  const counting: typeof fetch = (...init) => {
    requests += 1
    return fetch(...init)
  }
  const client = new OpenAI({ apiKey: key, baseURL: gateway.baseURL, fetch: counting })
  const post = (body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${gateway.baseURL}/chat/completions`, {
      method: 'POST',
      body,
      headers: { ...json, authorization: `Bearer ${key}`, ...headers },
      duplex: 'half',
    } as RequestInit)
  return { ...gateway, client, post, requests: () => requests }
}

const ask = (max_tokens = 4) => ({
  model: stage.model,
  max_tokens,
  messages: [{ role: 'user' as const, content: 'Tell me a story about a fox.' }],
})

/** The road, but what comes of a chat is `change`d. */
function upstreamWith(create: (...init: never[]) => Promise<object>): Upstream {
  return { ...stage.road.api, chat: { completions: { create } } } as unknown as Upstream
}

describe('refuses', () => {
  test('who has no key, or a wrong one', async () => {
    const { baseURL } = await open()
    for (const headers of [{}, { authorization: 'Bearer sk-weft-wrong' }]) {
      const response = await fetch(`${baseURL}/models`, { headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('x-request-id')).toMatch(/^req_/)
      expect(await response.json()).toMatchObject({
        error: { type: 'invalid_request_error', code: 'invalid_api_key', param: null },
      })
    }
    const wrong = new OpenAI({ apiKey: 'sk-other', baseURL })
    await expect(wrong.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  })

  test('what is no JSON, too large, or badly asked, by the name of the parameter', async () => {
    const { post, client } = await open({ maxBodyBytes: 2_000 })
    const deep = `{"a":${'['.repeat(800)}${']'.repeat(800)}}`
    for (const body of ['{', '[]', deep]) expect((await post(body)).status).toBe(400)
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post(JSON.stringify({ a: 'a'.repeat(3_000) }))).status).toBe(413)
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
    })
    expect((await post(endless)).status).toBe(413)
    await expect(client.chat.completions.create({ ...ask(), n: 2 })).rejects.toMatchObject({
      status: 400,
      param: 'n',
      code: 'unsupported_parameter',
    })
    await expect(
      client.chat.completions.create({ ...ask(), model: 'weft/none' }),
    ).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
    expect(await (await fetch(`${(await open()).url}/v2`)).text()).toContain('GET /v1/models, ')
  })

  test('a model that the key is not for', async () => {
    const { client } = await open({ keys: [{ name: 'tests', sha256, models: ['other/model'] }] })
    await expect(client.chat.completions.create(ask())).rejects.toMatchObject({ status: 404 })
  })

  test('pages of other origins, before anything is asked; its own may read what it needs', async () => {
    const { post } = await open({ corsOrigins: ['https://app.example'] })
    const before = stage.road.served.length
    expect((await post(JSON.stringify(ask()), { origin: 'https://evil.example' })).status).toBe(403)
    expect(stage.road.served.length).toBe(before)
    const own = await post(JSON.stringify(ask()), { origin: 'https://app.example' })
    expect(own.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(own.headers.get('access-control-expose-headers')).toContain('weft-receipt')
    await own.text()
  })
})

describe('counts', () => {
  test('requests of a minute: 429, tried again when it says so', async () => {
    const { client, requests } = await open({
      keys: [{ name: 'tests', sha256, requestsPerMinute: 2 }],
    })
    await client.models.list()
    await client.models.list()
    const failure = await client.models.list({ maxRetries: 0 }).catch((error) => error)
    expect(failure).toBeInstanceOf(OpenAI.RateLimitError)
    expect(failure.code).toBe('rate_limit_exceeded')
    const retryMs = Number(failure.headers.get('retry-after-ms'))
    expect(retryMs).toBeGreaterThan(0)
    expect(retryMs).toBeLessThanOrEqual(60_000)
    expect(requests()).toBe(3)
  })

  test('who asks without a key by their network', async () => {
    const anonymous = { requestsPerMinute: 2 }
    const { baseURL } = await stage.start({ anonymous, proxies: 1 })
    const statusFor = async (from: string) =>
      (await fetch(`${baseURL}/models`, { headers: { 'x-forwarded-for': from } })).status
    expect(await statusFor('2001:db8:0:1::1')).toBe(200)
    expect(await statusFor('2001:db8:0:1:ffff::2')).toBe(200)
    expect(await statusFor('2001:db8:0:1::3')).toBe(429)
    expect(await statusFor('2001:db8:0:2::1')).toBe(200)
  })

  test('what a day may cost, also after a restart, and does not let the client try again', async () => {
    const maxPrice = { inputWeiPerMillion: '0', outputWeiPerMillion: `${10n ** 18n}` }
    const keys = [{ name: 'tests', sha256, budgetWeiPerDay: `${10n * 10n ** 12n}` }]
    const state = openSqliteState(':memory:')
    const first = await open({ keys, maxPrice }, { state })
    // Free after all, so that nothing of what it could cost stays taken.
    await first.client.chat.completions.create(ask(8))
    await first.client.chat.completions.create(ask(8))
    const day = Math.floor(Date.now() / 86_400_000)
    expect(await state.read(`budget/tests/${day}`)).toBe(0n)
    await state.add(`budget/tests/${day}`, 5_000n, 60_000)
    await first.stop()
    const { client, requests } = await open({ keys, maxPrice }, { state })
    await expect(client.chat.completions.create(ask(8))).rejects.toMatchObject({
      status: 429,
      code: 'insufficient_quota',
    })
    expect(requests()).toBe(1)
    await client.chat.completions.create(ask(5))
    // A budget of nothing buys nothing, and what costs nothing needs none.
    const poor = { keys: [{ name: 'tests', sha256, budgetWeiPerDay: '0' }] }
    const free = await open(poor)
    await free.client.chat.completions.create(ask(1))
    const paid = await open({ ...poor, maxPrice })
    await expect(paid.client.chat.completions.create(ask(1))).rejects.toMatchObject({ status: 429 })
  })

  test('requests at the same time', async () => {
    const over = Promise.withResolvers<void>()
    // However fast this machine is, the first one has not ended when the second comes.
    const upstream = upstreamWith(() => over.promise.then(() => ({ choices: [] })))
    const { client, url } = await open({ maxRequests: 1 }, { upstream })
    const create = () => client.chat.completions.create(ask(), { maxRetries: 0 })
    const first = create()
    const running = async () => (await (await fetch(`${url}/health`)).json()).running
    await expect.poll(running, { timeout: 5_000 }).toBe(1)
    await expect(create()).rejects.toMatchObject({ status: 503 })
    over.resolve()
    await first
    await create()
  })
})

describe('when the network fails', () => {
  const lost = () => Promise.reject(new WeftError('network/node-lost', 'The node is lost.'))
  const failing = (status: number, code: string) =>
    open({}, { upstream: upstreamWith(() => Promise.reject(new WeftError(code, `${status}`))) })

  test('502, 503 and 504 are tried again by the client, and are told as they are', async () => {
    for (const [status, code] of [
      [502, 'network/node-lost'],
      [503, 'sdk/no-nodes'],
      [504, 'network/timeout'],
    ] as const) {
      const { client, requests } = await failing(status, code)
      const failure = client.chat.completions.create(ask(), { maxRetries: 1 })
      await expect(failure).rejects.toMatchObject({ status, code, type: 'server_error' })
      expect(requests()).toBe(2)
    }
  })

  test('what the gateway cannot pay is not told as if the customer could, nor tried again', async () => {
    const { client, requests } = await failing(503, 'payments/no-funds')
    const asking = client.chat.completions.create(ask())
    await expect(asking).rejects.toMatchObject({ status: 503, code: 'gateway/cannot-pay' })
    expect(requests()).toBe(1)
  })

  test('what is nobody’s business is not told', async () => {
    const upstream = upstreamWith(() => Promise.reject(new Error('secret path /root')))
    const { client, post } = await open({}, { upstream })
    await expect(client.chat.completions.create(ask(), { maxRetries: 0 })).rejects.toMatchObject({
      status: 500,
    })
    expect(await (await post(JSON.stringify(ask()))).text()).not.toContain('secret')
  })

  test('in the middle of a stream it is an event, thrown by the client and not tried again', async () => {
    const upstream = upstreamWith(async (...init) => {
      const stream = await stage.road.api.chat.completions.create(...(init as unknown as [never]))
      return {
        controller: new AbortController(),
        async *[Symbol.asyncIterator]() {
          let chunks = 0
          for await (const chunk of stream as AsyncIterable<object>) {
            if (++chunks > 3) await lost()
            yield chunk
          }
        },
      }
    })
    const { client, requests, post } = await open({}, { upstream })
    const stream = await client.chat.completions.create({ ...ask(40), stream: true })
    let chunks = 0
    const reading = async () => {
      for await (const _ of stream) chunks += 1
    }
    await expect(reading()).rejects.toMatchObject({ code: 'network/node-lost' })
    expect([chunks, requests()]).toEqual([3, 1])
    const text = await (await post(JSON.stringify({ ...ask(40), stream: true }))).text()
    expect(text).toContain('data: {"error":{"message":"The node is lost."')
    expect(text).not.toContain('[DONE]')
  })
})

describe('an answer that takes long', () => {
  test('keeps its line alive before the first token, and ends when its time is over', async () => {
    const upstream = upstreamWith(async (_: never, { signal }: { signal: AbortSignal }) => ({
      controller: new AbortController(),
      async *[Symbol.asyncIterator]() {
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () =>
            reject(new WeftError('protocol/cancelled', 'The answer was cancelled.')),
          )
        })
        yield {}
      },
    }))
    const { post, metrics } = await open({ heartbeatMs: 10, requestMs: 1_000 }, { upstream })
    const text = await (await post(JSON.stringify({ ...ask(), stream: true }))).text()
    expect(text.match(/^: waiting$/gm)?.length).toBeGreaterThan(5)
    expect(text).toContain('"code":"gateway/timeout"')
    expect(await metrics.registry.metrics()).toContain('answers_total{end="failed"} 1')
  })

  test('ends and is settled though its reader stops reading and keeps the line', async () => {
    let sent = 0
    const upstream = upstreamWith(
      async (_: never, { onEvent }: { onEvent(event: object): void }) => ({
        controller: new AbortController(),
        async *[Symbol.asyncIterator]() {
          for (;;) {
            onEvent({ type: 'delta', tokens: [1] })
            sent += 1
            yield { choices: [{ delta: { content: 'x'.repeat(100_000) } }] }
          }
        },
      }),
    )
    const { url, metrics } = await open({ requestMs: 1_000 }, { upstream })
    const { port } = new URL(url)
    const body = JSON.stringify({ ...ask(), stream: true })
    const line = connect(Number(port), '127.0.0.1').pause()
    line.on('error', () => {})
    const closed = new Promise((resolve) => line.once('close', resolve))
    line.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    const running = async () => (await (await fetch(`${url}/health`)).json()).running
    await expect.poll(() => sent, { timeout: 5_000 }).toBeGreaterThan(1)
    await expect.poll(running, { timeout: 5_000 }).toBe(0)
    expect(await metrics.registry.metrics()).toContain('answers_total{end="failed"} 1')
    // What is on its way is read; then the line is over.
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    line.resume()
    await closed
  })

  test('is told when the gateway is stopped', async () => {
    const gateway = await open()
    const stream = await gateway.client.chat.completions.create({ ...ask(4_000), stream: true })
    const reading = async () => {
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) void gateway.stop()
    }
    await expect(reading()).rejects.toThrow()
  })
})

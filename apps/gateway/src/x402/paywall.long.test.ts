/**
 * Payments of x402 by its own client, on a real chain with our contracts, for answers over a real road.
 * @module
 */
import { tokenAbi } from '@weft/contracts'
import { startDevelopmentChain } from '@weft/payments/testing'
import type { ChatCompletionParams, RequestOptions } from '@weft/sdk'
import { decodePaymentRequiredHeader } from '@x402/core/http'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from '@x402/fetch'
import OpenAI from 'openai'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMetrics } from '../metrics.ts'
import { openSqliteState } from '../state/sqlite-state.ts'
import { openGatewayStage } from '../testing/gateway-stage.ts'
import type { Upstream } from '../upstream.ts'
import { createFacilitator } from './facilitator.ts'
import { createPaywall } from './paywall.ts'

const price = { inputWeiPerMillion: 0n, outputWeiPerMillion: 10n ** 18n }
const requestMs = 60_000
const perToken = 10n ** 12n
const payTo = privateKeyToAccount(generatePrivateKey()).address

let stage: Awaited<ReturnType<typeof openGatewayStage>>
let chain: Awaited<ReturnType<typeof startDevelopmentChain>>
let gateway: Awaited<ReturnType<typeof stage.start>>
/** Another one behind the same paywall. */
let startBeside: (upstream: Upstream, endsMs?: number) => ReturnType<typeof stage.start>
let messages: { role: 'user'; content: string }[]

beforeAll(async () => {
  ;[stage, chain] = await Promise.all([openGatewayStage(), startDevelopmentChain()])
  messages = [{ role: 'user', content: 'Tell me a story about a fox and a lantern.' }]
  const key = generatePrivateKey()
  await chain.control.setBalance({ address: privateKeyToAccount(key).address, value: 10n ** 18n })
  const state = openSqliteState(':memory:')
  const metrics = createMetrics()
  const paywall = createPaywall({
    terms: { payTo, price, minimumWei: 1n },
    chain: { chainId: chain.chainId, token: chain.deployment.token },
    facilitator: createFacilitator({ chainId: chain.chainId, rpcUrl: chain.url }, key),
    state,
    requestMs,
    onPayment: (outcome) => metrics.payments.inc({ outcome }),
  })
  gateway = await stage.start({ requestMs }, { paywall, state, metrics })
  startBeside = (upstream, endsMs = requestMs) =>
    stage.start({ requestMs: endsMs }, { paywall, state, metrics, upstream })
}, 60_000)
afterAll(async () => {
  await stage.close()
  await chain.stop()
})

const earned = () => balanceOf(payTo)

function balanceOf(address: `0x${string}`): Promise<bigint> {
  return chain.reader.readContract({
    address: chain.deployment.token,
    abi: tokenAbi,
    functionName: 'balanceOf',
    args: [address],
  })
}

type CustomerInit = {
  tokens?: bigint
  base?: typeof fetch
  at?: typeof gateway
  account?: Awaited<ReturnType<typeof chain.createWallet>>['account']
}

/** Somebody with tokens and no coins: who settles pays the fee. */
async function createCustomer({
  tokens = 10n ** 18n,
  base = fetch,
  at = gateway,
  account,
}: CustomerInit = {}) {
  account ??= (await chain.createWallet({ tokens, ether: 0n })).account
  let requests = 0
  const counting: typeof fetch = (...init) => {
    requests += 1
    return base(...init)
  }
  const payer = new x402Client()
    .register(`eip155:${chain.chainId}`, new ExactEvmScheme(account))
    .setSpendControls({
      allowedAssets: [
        {
          network: `eip155:${chain.chainId}`,
          asset: chain.deployment.token,
          maxAmountPerPayment: `${10n ** 18n}`,
        },
      ],
    })
  const paying = wrapFetchWithPayment(counting, payer)
  const client = new OpenAI({ apiKey: 'unused', baseURL: at.baseURL, fetch: paying })
  return { account, client, paying, requests: () => requests }
}

type Chat = Upstream['chat']['completions']
type Create = (body: ChatCompletionParams, options: RequestOptions) => ReturnType<Chat['create']>

/** The road, but for how a chat is begun. */
const chatOf = (create: Create) =>
  ({ ...stage.road.api, chat: { completions: { create } } }) as Upstream

const ask = (max_tokens: number) => ({ model: stage.model, messages, max_tokens })

test('no key and no payment: 402, the price for the worst case in its header, and no retry', async () => {
  let requests = 0
  const counting: typeof fetch = (...init) => {
    requests += 1
    return fetch(...init)
  }
  const client = new OpenAI({ apiKey: 'unused', baseURL: gateway.baseURL, fetch: counting })
  const failure = await client.chat.completions.create(ask(10)).catch((error) => error)
  expect(failure).toMatchObject({ status: 402, code: 'payment_required' })
  expect(requests).toBe(1)
  const required = decodePaymentRequiredHeader(failure.headers.get('payment-required'))
  expect(required.accepts).toMatchObject([
    { scheme: 'exact', amount: `${10n * perToken}`, payTo, extra: { name: 'Weft', version: '1' } },
  ])
  expect(required.accepts[0]?.maxTimeoutSeconds).toBeGreaterThan(requestMs / 1000)
})

test('the official client pays and gets its answer', async () => {
  const { client } = await createCustomer()
  const before = await earned()
  const { data, response } = await client.chat.completions.create(ask(20)).withResponse()
  expect(data.choices[0]?.message.content).toMatch(/\w/)
  expect((await earned()) - before).toBe(20n * perToken)
  const paid = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '')
  expect(paid).toMatchObject({ success: true, transaction: expect.stringMatching(/^0x/) })
})

test('it pays and streams: the first token comes before the money goes', async () => {
  const { client } = await createCustomer()
  const before = await earned()
  const stream = await client.chat.completions.create({ ...ask(60), stream: true })
  let text = ''
  for await (const chunk of stream) {
    const more = chunk.choices[0]?.delta.content ?? ''
    if (!text && more) expect(await earned()).toBe(before)
    text += more
  }
  expect(text).toMatch(/\w/)
  await expect.poll(earned, { timeout: 10_000 }).toBe(before + 60n * perToken)
})

test('who breaks off after some tokens pays, and the node stops', async () => {
  const { client } = await createCustomer()
  const before = await earned()
  const stream = await client.chat.completions.create({ ...ask(4_000), stream: true })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
  await expect.poll(earned, { timeout: 10_000 }).toBe(before + 4_000n * perToken)
})

test('who breaks off an answer that is not streamed pays as well, once a token was made', async () => {
  const leaving = new AbortController()
  const beside = await startBeside(
    chatOf((body, options) =>
      stage.road.api.chat.completions.create(body, {
        ...options,
        onEvent: (event) => {
          options.onEvent?.(event)
          if (event.type === 'delta') leaving.abort()
        },
      }),
    ),
  )
  const { client } = await createCustomer({ at: beside })
  const before = await earned()
  const answer = client.chat.completions.create(ask(4_000), { signal: leaving.signal })
  await expect(answer).rejects.toThrow('aborted')
  await expect.poll(earned, { timeout: 10_000 }).toBe(before + 4_000n * perToken)
})

test('an answer for which there is no time is paid for and comes as far as it was made', async () => {
  const upstream = chatOf((body, options) => {
    let isSlow = true
    const onEvent: RequestOptions['onEvent'] = (event) => {
      options.onEvent?.(event)
      if (event.type !== 'delta' || !isSlow) return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_100)
      isSlow = false
    }
    return stage.road.api.chat.completions.create(body, { ...options, onEvent })
  })
  const { client } = await createCustomer({ at: await startBeside(upstream, 2_000) })
  const { data, response } = await client.chat.completions.create(ask(400)).withResponse()
  expect(data.choices[0]?.finish_reason).toBe('length')
  expect(data.choices[0]?.message.content).toMatch(/\w/)
  expect(response.headers.get('weft-cut-ms')).toBe('2000')
  const paid = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '')
  expect(paid).toMatchObject({ success: true })
})

test('an answer that is not streamed and of which nothing came in time costs nothing', async () => {
  const never: Create = (_, { signal }) =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
  const { client } = await createCustomer({ at: await startBeside(chatOf(never), 1_000) })
  const before = await earned()
  const failure = await client.chat.completions.create(ask(20)).catch((error) => error)
  expect(failure).toMatchObject({ status: 504, code: 'gateway/timeout' })
  expect(failure.error.message).toContain('Nothing was made')
  expect(await earned()).toBe(before)
})

test('an answer that fails costs nothing, however often it is tried again', async () => {
  const { client, account, requests } = await createCustomer()
  await stage.road.stopServing()
  const failure = await client.chat.completions.create(ask(10)).catch((error) => error)
  stage.road.startServing()
  expect(failure.status).toBeGreaterThanOrEqual(500)
  // Three tries of the official client, each asked for its price first.
  expect(requests()).toBe(6)
  expect(await balanceOf(account.address)).toBe(10n ** 18n)
})

test('one payment serves one request: twice at once, one of them is refused', async () => {
  const sent: string[] = []
  const capturing: typeof fetch = (input, init) => {
    const request = new Request(input, init)
    const payment = request.headers.get('payment-signature')
    if (!payment) return fetch(request)
    sent.push(payment)
    return Promise.resolve(new Response('{}'))
  }
  const { paying } = await createCustomer({ base: capturing })
  const body = JSON.stringify(ask(20))
  const headers = { 'content-type': 'application/json' }
  await paying(`${gateway.baseURL}/chat/completions`, { method: 'POST', headers, body })
  const [payment = ''] = sent
  const before = await earned()
  const use = (of: string) =>
    fetch(`${gateway.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { ...headers, 'payment-signature': payment },
      body: of,
    })
  const twice = await Promise.all([use(body), use(body)])
  expect(twice.map(({ status }) => status).sort()).toEqual([200, 402])
  expect((await earned()) - before).toBe(20n * perToken)
  // Nor later, nor for what costs more.
  expect((await use(body)).status).toBe(402)
  expect((await use(JSON.stringify(ask(21)))).status).toBe(402)
  const broken = await fetch(`${gateway.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { ...headers, 'payment-signature': 'garbage' },
    body,
  })
  expect(broken.status).toBe(402)
  expect((await earned()) - before).toBe(20n * perToken)
})

test('one wallet pays for one answer at a time: the same money for two streams is refused at once', async () => {
  const { client, account } = await createCustomer({ tokens: 4_000n * perToken })
  const once = { maxRetries: 0 }
  const stream = await client.chat.completions.create({ ...ask(4_000), stream: true }, once)
  const second = client.chat.completions.create({ ...ask(4_000), stream: true }, once)
  await expect(second).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
  await expect.poll(() => balanceOf(account.address), { timeout: 10_000 }).toBe(0n)
})

test('who asks for two at once gets both, one after the other', async () => {
  const { client, account } = await createCustomer({ tokens: 25n * perToken })
  const both = [1, 2].map(() => client.chat.completions.create(ask(10), { maxRetries: 8 }))
  for (const { choices } of await Promise.all(both)) expect(choices).toHaveLength(1)
  expect(await balanceOf(account.address)).toBe(5n * perToken)
})

test('a wallet that is empty when it should pay gets no answer that was held back, and is refused then', async () => {
  const { account, clients } = await chain.createWallet({ tokens: 25n * perToken })
  const beside = await startBeside(
    chatOf(async (body, options) => {
      const { wallet, reader, deployment } = clients
      const hash = await wallet.writeContract({
        address: deployment.token,
        abi: tokenAbi,
        functionName: 'transfer',
        args: [payTo, 20n * perToken],
      })
      await reader.waitForTransactionReceipt({ hash })
      return stage.road.api.chat.completions.create(body, options)
    }),
  )
  const { client } = await createCustomer({ at: beside, account })
  await expect(client.chat.completions.create(ask(20))).rejects.toMatchObject({
    status: 402,
    error: { usage: { completion_tokens: 20 } },
  })
  expect(await balanceOf(account.address)).toBe(5n * perToken)
  await expect(client.chat.completions.create(ask(1))).rejects.toThrow('was not paid')
  expect(await gateway.metrics.registry.metrics()).toContain('payments_total{outcome="failed"} 1')
})

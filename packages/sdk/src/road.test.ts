/**
 * The whole road between two peers of Node: a real relay, real streams, the embedded model's weights.
 */
import { readFile } from 'node:fs/promises'
import { createLocalEngine, nodeRuntime } from '@weft/engine/local'
import type { Network } from '@weft/network'
import { createRelay } from '@weft/network/relay'
import { createNodeNetwork } from '@weft/network/testing'
import {
  createPrivateKey,
  freePrice,
  type Manifest,
  manifestCid,
  manifestSchema,
  parse,
  type Receipt,
  signReceipt,
  WeftError,
} from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type GenerateComponents, generate } from './generate.ts'
import { recheck } from './recheck.ts'
import { type ServeEvent, type ServeInit, serve } from './serve.ts'
import type { GenerateEvent, GenerateRequest } from './tab.ts'

const folder = new URL('../../../public/models/bobbin/', import.meta.url)
const engine = createLocalEngine({ openRuntime: async () => nodeRuntime(ort) })
const runtime = nodeRuntime(ort)
const privateKey = createPrivateKey()
let manifest: Manifest
let relay: Awaited<ReturnType<typeof createRelay>>
let node: Network
let client: Network
let components: GenerateComponents
let request: GenerateRequest
let stopServing: (() => void) | undefined
const served: ServeEvent[] = []

beforeAll(async () => {
  const json = JSON.parse(await readFile(new URL('manifest.json', folder), 'utf8'))
  manifest = parse('manifest', manifestSchema, json)
  const files = new Map(
    await Promise.all(
      manifest.files.map(
        async ({ path }) => [path, new Uint8Array(await readFile(new URL(path, folder)))] as const,
      ),
    ),
  )
  await engine.load({ manifest, files, backend: 'auto' })
  relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  node = (await createNodeNetwork({ relays: relay.addresses(), privateKey })).network
  client = (await createNodeNetwork({ relays: relay.addresses() })).network
  const modelCid = manifestCid(manifest)
  const model = { modelCid, price: freePrice, engine: runtime.info, tokensPerSecond: 100 }
  node.announce({ models: [model], maxJobs: 2 })
  await vi.waitFor(async () => expect(await client.findOffers(modelCid)).toHaveLength(1))
  components = {
    peerId: client.peerId,
    network: client,
    manifestOf: () => manifest,
    localEngine: async () => engine,
  }
  request = {
    modelCid,
    messages: [{ role: 'user', content: 'Tell me a story about a fox and a lantern.' }],
    where: 'network',
  }
})

afterEach(() => {
  stopServing?.()
  stopServing = undefined
  served.length = 0
})

afterAll(async () => {
  await Promise.all([node.stop(), client.stop()])
  await relay.stop()
  await engine.close()
})

function startServing(change: Partial<ServeInit> = {}): void {
  stopServing = serve({
    network: node,
    engine,
    privateKey,
    manifest,
    engineInfo: runtime.info,
    price: freePrice,
    maxJobs: 2,
    onEvent: (event) => served.push(event),
    ...change,
  })
}

async function collect(change: Partial<GenerateRequest> = {}, signal?: AbortSignal) {
  const events: GenerateEvent[] = []
  const options = signal ? { signal } : {}
  for await (const event of generate(components, { ...request, ...change }, options)) {
    events.push(event)
  }
  const end = events.at(-1)
  if (end?.type !== 'end') throw new Error('no end')
  return { events, end }
}

describe('an honest node', () => {
  test('answers, signs, and the same seed gives the same tokens here', async () => {
    startServing()
    const { events, end } = await collect()
    expect(events.map(({ type }) => type).slice(0, 3)).toEqual([
      'search-start',
      'node-chosen',
      'delta',
    ])
    expect(end.answer.finishReason).toBe('stop')
    expect(end.answer.tokens.length).toBeGreaterThan(32)
    expect(end.receipt?.outputTokens).toBe(end.answer.tokens.length)
    expect(end.answer.segments).toEqual([{ peerId: node.peerId, startToken: 0 }])
    expect(await recheck(engine, end.answer)).toMatchObject({
      tokens: end.answer.tokens.length,
      firstDifference: null,
    })
    expect(served.at(-1)).toMatchObject({ type: 'job-end', state: 'done' })
  })

  test('a changed token is found where it is', async () => {
    startServing()
    const { end } = await collect()
    const tokens = end.answer.tokens.map((token, index) => (index === 20 ? token + 1 : token))
    expect(await recheck(engine, { ...end.answer, tokens })).toMatchObject({ firstDifference: 20 })
    const shorter = { ...end.answer, tokens: end.answer.tokens.slice(0, -3) }
    expect((await recheck(engine, shorter)).firstDifference).toBe(shorter.tokens.length)
  })

  test('a cancelled answer has a receipt over what arrived', async () => {
    startServing()
    const controller = new AbortController()
    const events: GenerateEvent[] = []
    for await (const event of generate(components, request, { signal: controller.signal })) {
      events.push(event)
      if (event.type === 'delta' && event.index >= 5) controller.abort()
    }
    const end = events.at(-1)
    if (end?.type !== 'end') throw new Error('no end')
    expect(end.answer.finishReason).toBe('cancelled')
    expect(end.receipt?.finishReason).toBe('cancelled')
    expect(end.receipt?.outputTokens).toBe(end.answer.tokens.length)
    expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: null })
    await expect.poll(() => served.at(-1)).toMatchObject({ type: 'job-end', state: 'cancelled' })
  })

  test('refuses a prompt that does not fit, and says by how much', async () => {
    startServing()
    const messages = [{ role: 'user' as const, content: 'word '.repeat(900) }]
    const failure = collect({ messages })
    await expect(failure).rejects.toMatchObject({ code: 'engine/prompt-too-long' })
    await expect(failure).rejects.toThrow(/\d+ tokens/)
  })

  test('refuses one job too many', async () => {
    startServing({ maxJobs: 1 })
    const first = generate(components, request)
    while ((await first.next()).value?.type !== 'delta');
    await expect(collect()).rejects.toMatchObject({ code: 'network/refused' })
    await first.return()
    await expect.poll(() => served.at(-1)?.type).toBe('job-end')
    expect((await collect()).end.answer.finishReason).toBe('stop')
  })

  test('two jobs at once give the same tokens as alone', async () => {
    startServing()
    const [first, second] = await Promise.all([collect(), collect()])
    for (const { end } of [first, second]) {
      expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: null })
    }
  })
})

describe('a node that', () => {
  test('sends another text than its tokens spell is found by computing it again', async () => {
    startServing({
      engine: {
        countPromptTokens: engine.countPromptTokens,
        async *generate(init, options) {
          for await (const part of engine.generate(init, options)) {
            yield part.type === 'delta' && part.index === 3 ? { ...part, text: ' LIE' } : part
          }
        },
      },
    })
    const { end } = await collect()
    expect(end.answer.text).toContain(' LIE')
    expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: 3 })
  })

  test('signs a receipt for more than it sent is refused by name', async () => {
    const padded = ({ signature: _, ...receipt }: Receipt) =>
      signReceipt({ ...receipt, outputTokens: receipt.outputTokens + 1 }, privateKey)
    startServing({
      network: {
        handleJobs: (handler) =>
          node.handleJobs((incoming) =>
            handler({
              job: incoming.job,
              clientPeerId: incoming.clientPeerId,
              signal: incoming.signal,
              refuse: (error) => incoming.refuse(error),
              quote: (quote) => incoming.quote(quote),
              send: (delta) => incoming.send(delta),
              finish: (receipt) => incoming.finish(padded(receipt)),
              fail: (error) => incoming.fail(error),
            }),
          ),
      },
    })
    const failure = collect()
    await expect(failure).rejects.toMatchObject({ code: 'protocol/receipt' })
    await expect(failure).rejects.toMatchObject({ facts: ['Differs: outputTokens'] })
  })

  test('asks more than the job allows is refused before it learns the nonce', async () => {
    startServing({ price: { inputWeiPerMillion: 1n, outputWeiPerMillion: 1n } })
    await expect(collect()).rejects.toMatchObject({ code: 'protocol/quote' })
    expect(served).toEqual([])
  })

  test('signs with another key is refused', async () => {
    startServing({ privateKey: createPrivateKey() })
    await expect(collect()).rejects.toMatchObject({ code: 'protocol/signature' })
  })

  test('gives up is quoted with its own words', async () => {
    startServing({
      engine: {
        countPromptTokens: engine.countPromptTokens,
        // biome-ignore lint/correctness/useYield: it fails before its first part.
        async *generate() {
          throw new WeftError('engine/device-lost', 'The GPU was lost.')
        },
      },
    })
    const failure = collect()
    await expect(failure).rejects.toMatchObject({ code: 'network/node-failed' })
    await expect(failure).rejects.toThrow('The GPU was lost.')
  })
})

test('without nodes the person is offered their own device', async () => {
  const failure = collect({ modelCid: manifestCid({ ...manifest, name: 'Unserved' }) })
  await expect(failure).rejects.toMatchObject({ code: 'sdk/no-nodes' })
  await expect(failure).rejects.toSatisfy(
    (error) => WeftError.is(error) && error.facts.join().includes('Answer on this device'),
  )
})

test('a local answer needs no network and can be checked like any other', async () => {
  const { end } = await collect({ where: 'local' })
  expect(end.receipt).toBeNull()
  expect(end.answer.where).toBe('local')
  expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: null })
})

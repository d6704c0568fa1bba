import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { checkReceipt, type Delta, type Receipt, randomBytes } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { JobCall } from '../network.ts'
import { answerWithWords, createTestJob, eventually, quoteFor } from '../testing/fixtures.ts'
import { createNodeNetwork } from '../testing/node-network.ts'
import { createPair, type Pair } from '../testing/pair.ts'
import { MessageStream } from '../wire/message-stream.ts'
import {
  clientSide,
  creditWindow,
  inferProtocol,
  maxIncomingCallsPerPeer,
  nodeSide,
} from './constants.ts'

vi.setConfig({ testTimeout: 20_000 })

let pair: Pair

beforeEach(async () => {
  pair = await createPair()
})

afterEach(() => pair.stop())

const isInfer = ({ protocol }: Stream) => protocol === inferProtocol

function serveWords(count: number, gapMs = 0): void {
  const { network, privateKey } = pair.node
  network.handleJobs((incoming) => answerWithWords(incoming, { privateKey, count, gapMs }))
}

async function call() {
  const { network } = pair.client
  const { job, nonce } = createTestJob(network.peerId)
  return { job, nonce, call: await network.callNode(pair.offer.registration, job) }
}

async function collect(parts: ReturnType<JobCall['accept']>) {
  const deltas: Delta[] = []
  let receipt: Receipt | undefined
  for await (const part of parts) {
    if (part.type === 'delta') deltas.push(part.delta)
    else receipt = part.receipt
  }
  return { deltas, receipt }
}

test('an answer of 200 tokens arrives whole, in order, with a receipt that checks', async () => {
  serveWords(200)
  const { job, nonce, call: opened } = await call()
  const { deltas, receipt } = await collect(opened.accept(nonce))
  expect(deltas.map(({ index }) => index)).toEqual(Array.from({ length: 200 }, (_, i) => i))
  if (!receipt) throw new Error('no receipt')
  checkReceipt(receipt, {
    job,
    nonce,
    quote: opened.quote,
    answered: [],
    deltas,
    ...{ cancelled: false, channelId: null, contextTokens: 4096 },
    tokenizerHash: new Uint8Array(32),
    arrivedAtMs: Date.now(),
  })
})

test('a slow reader holds the node to one window', async () => {
  let sent = 0
  const { network, privateKey } = pair.node
  network.handleJobs((incoming) => {
    const send = incoming.send.bind(incoming)
    incoming.send = async (delta) => {
      await send(delta)
      sent += 1
    }
    return answerWithWords(incoming, { privateKey, count: 300 })
  })
  const { nonce, call: opened } = await call()
  let taken = 0
  for await (const part of opened.accept(nonce)) {
    if (part.type === 'receipt') continue
    taken += 1
    if (taken % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 60))
    expect(sent - taken).toBeLessThanOrEqual(creditWindow)
  }
  expect(taken).toBe(300)
})

test('a cancel reaches the node in time and its receipt comes back', async () => {
  let cancelledAtMs = 0
  const { network, privateKey } = pair.node
  network.handleJobs((incoming) => {
    incoming.signal.addEventListener('abort', () => {
      cancelledAtMs = performance.now()
    })
    return answerWithWords(incoming, { privateKey, count: 5000, gapMs: 5 })
  })
  const { nonce, call: opened } = await call()
  const controller = new AbortController()
  let abortedAtMs = 0
  let tokens = 0
  let receipt: Receipt | undefined
  for await (const part of opened.accept(nonce, { signal: controller.signal })) {
    if (part.type === 'receipt') receipt = part.receipt
    else tokens += 1
    if (tokens === 10 && abortedAtMs === 0) {
      abortedAtMs = performance.now()
      controller.abort()
    }
  }
  expect(cancelledAtMs - abortedAtMs).toBeLessThan(200)
  expect(receipt?.finishReason).toBe('cancelled')
  expect(receipt?.outputTokens).toBe(tokens)
})

test('a cancel frees a node that waits for credit, and the receipt counts what was sent', async () => {
  serveWords(5000)
  const { nonce, call: opened } = await call()
  const controller = new AbortController()
  let tokens = 0
  let receipt: Receipt | undefined
  for await (const part of opened.accept(nonce, { signal: controller.signal })) {
    if (part.type === 'receipt') receipt = part.receipt
    else tokens += 1
    if (tokens === 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      controller.abort()
    }
  }
  expect(receipt).toMatchObject({ finishReason: 'cancelled', outputTokens: tokens })
})

test('a node that vanishes ends the call and says after how many tokens', async () => {
  serveWords(5000, 5)
  const { nonce, call: opened } = await call()
  const parts = opened.accept(nonce)[Symbol.asyncIterator]()
  for (let index = 0; index < 5; index += 1) await parts.next()
  await pair.node.network.stop()
  const drain = async () => {
    while (!(await parts.next()).done);
  }
  await expect(drain()).rejects.toMatchObject({
    code: 'network/node-lost',
    message: expect.stringMatching(/^The node was lost after \d+ tokens\.$/),
  })
})

test('a client that vanishes stops the node', async () => {
  let gone = false
  const { network, privateKey } = pair.node
  network.handleJobs((incoming) => {
    incoming.signal.addEventListener('abort', () => {
      gone = true
    })
    return answerWithWords(incoming, { privateKey, count: 5000, gapMs: 5 })
  })
  const { nonce, call: opened } = await call()
  await opened.accept(nonce)[Symbol.asyncIterator]().next()
  await pair.client.network.stop()
  await eventually(() => gone, { ms: 1_000 })
})

test('a refusal carries the reason of the node', async () => {
  pair.node.network.handleJobs((incoming) =>
    incoming.refuse({ code: 'sdk/busy', message: 'Two jobs run already.' }),
  )
  await expect(call()).rejects.toMatchObject({
    code: 'network/refused',
    message: 'The node refused the job. Two jobs run already.',
    cause: { code: 'sdk/busy' },
  })
})

test('a tab that serves nothing says so', async () => {
  await expect(call()).rejects.toMatchObject({ cause: { code: 'network/not-serving' } })
})

test('an error of the handler reaches the client', async () => {
  pair.node.network.handleJobs(async (incoming) => {
    await incoming.quote(quoteFor(incoming.job, pair.node.privateKey))
    throw new Error('out of memory')
  })
  const { nonce, call: opened } = await call()
  await expect(collect(opened.accept(nonce))).rejects.toMatchObject({
    code: 'network/node-failed',
  })
})

test('a nonce that is not the one of the job ends the call on both sides', async () => {
  const quoted = Promise.withResolvers<unknown>()
  const { network, privateKey } = pair.node
  network.handleJobs(async (incoming) => {
    try {
      await incoming.quote(quoteFor(incoming.job, privateKey))
    } catch (error) {
      quoted.resolve(error)
    }
  })
  const { call: opened } = await call()
  await expect(collect(opened.accept(randomBytes(32)))).rejects.toMatchObject({
    code: 'network/node-lost',
  })
  expect(await quoted.promise).toMatchObject({ code: 'protocol/cancelled' })
})

test('a declined quote frees the node', async () => {
  const quoted = Promise.withResolvers<unknown>()
  const { network, privateKey } = pair.node
  network.handleJobs(async (incoming) => {
    incoming.quote(quoteFor(incoming.job, privateKey)).catch(quoted.resolve)
    await quoted.promise
  })
  const { call: opened } = await call()
  opened.decline()
  expect(await quoted.promise).toMatchObject({ code: 'protocol/cancelled' })
})

test('one client cannot take all places of a node', async () => {
  const { network, privateKey } = pair.node
  const places = maxIncomingCallsPerPeer + 1
  let jobs = 0
  network.handleJobs(async (incoming) => {
    if (jobs === places) return incoming.refuse({ code: 'sdk/busy', message: 'Too many run.' })
    jobs += 1
    await answerWithWords(incoming, { privateKey, count: 1 })
  })
  const greedy = await Promise.allSettled(Array.from({ length: places + 1 }, () => call()))
  const taken = greedy.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  expect(taken).toHaveLength(maxIncomingCallsPerPeer)
  const refused = greedy.filter(({ status }) => status === 'rejected')
  for (const result of refused) {
    expect(result).toMatchObject({ reason: { cause: { code: 'network/busy' } } })
  }
  const other = await createNodeNetwork()
  const { job, nonce } = createTestJob(other.network.peerId)
  const served = await other.network.callNode(pair.offer.registration, job)
  expect((await collect(served.accept(nonce))).receipt).toBeDefined()
  await other.network.stop()
})

test('a stream that the node never closes is cut', async () => {
  const { client, node } = pair
  const streams = () => client.libp2p.getConnections().flatMap((each) => each.streams)
  const open = () => streams().filter(isInfer).length
  await node.libp2p.unhandle(inferProtocol)
  await node.libp2p.handle(inferProtocol, async (stream) => {
    const messages = new MessageStream({ stream, format: nodeSide, onOffence: () => {} })
    const message = await messages.read()
    if (message?.type !== 'job') return
    await messages.write({ type: 'quote', quote: quoteFor(message.job, node.privateKey) })
    // It reads to the end and never ends its own side.
    while ((await messages.read()) !== null);
  })
  const { call: declined } = await call()
  expect(open()).toBe(1)
  declined.decline()
  await eventually(() => open() === 0)
})

test('a second cancel is an offence', async () => {
  const { client, node } = pair
  node.network.handleJobs(async (incoming) => {
    await incoming.quote(quoteFor(incoming.job, node.privateKey)).catch(() => {})
    await new Promise(() => {})
  })
  const connection = await client.libp2p.dial(multiaddr(pair.offer.registration.addresses[0] ?? ''))
  const stream = await connection.newStream(inferProtocol)
  const messages = new MessageStream({ stream, format: clientSide, onOffence: () => {} })
  const { job } = createTestJob(client.network.peerId)
  await messages.write({ type: 'job', job, answered: [], payment: null })
  expect(await messages.read()).toMatchObject({ type: 'quote' })
  await messages.write({ type: 'cancel' })
  await messages.write({ type: 'cancel' })
  await expect(messages.read()).rejects.toMatchObject({ code: 'network/stream-lost' })
})

test('calls at the same time share one dial', async () => {
  serveWords(3)
  const results = await Promise.all([call(), call()])
  const answers = await Promise.all(
    results.map(({ nonce, call: opened }) => collect(opened.accept(nonce))),
  )
  expect(answers.map(({ deltas }) => deltas.length)).toEqual([3, 3])
  const toNode = pair.client.libp2p
    .getConnections()
    .filter(({ remotePeer }) => remotePeer.toString() === pair.node.network.peerId)
  expect(toNode).toHaveLength(1)
})

test('a node that cannot be reached is told as such', async () => {
  const { network } = pair.client
  const { job } = createTestJob(network.peerId)
  await pair.node.network.stop()
  await expect(network.callNode(pair.offer.registration, job)).rejects.toMatchObject({
    code: 'network/unreachable',
  })
})

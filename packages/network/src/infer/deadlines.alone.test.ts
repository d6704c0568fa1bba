import type { Delta, Quote } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { CallPart, IncomingJob } from '../network.ts'
import { createTestJob, quoteFor } from '../testing/fixtures.ts'
import { createPair, type Pair } from '../testing/pair.ts'

vi.setConfig({ testTimeout: 20_000 })
vi.mock(import('./constants.ts'), async (original) => {
  const constants = await original()
  const waits = { quoteMs: 1_000, firstTokenMs: 1_000, tokenGapMs: 1_000, cancelMs: 500 }
  const inferTimes = {
    ...constants.inferTimes,
    ...waits,
    acceptMs: 1_000,
    creditMs: 1_000,
    queueSlackMs: 200,
    longestQueueMs: 800,
    wholeJobMs: 3_000,
  }
  return { ...constants, inferTimes }
})

let pair: Pair

beforeEach(async () => {
  pair = await createPair()
})

afterEach(() => pair.stop())

const wait = { timeout: 10_000 }
const forever = () => new Promise<never>(() => {})
const delta = (index: number): Delta => ({ index, tokens: [index], text: 'word ' })

function quoteOf({ job }: IncomingJob): Quote {
  return quoteFor(job, pair.node.privateKey)
}

async function call() {
  const { network } = pair.client
  const { job, nonce } = createTestJob(network.peerId)
  return { nonce, call: await network.callNode(pair.offer.registration, job) }
}

async function drain(parts: AsyncIterable<CallPart>): Promise<void> {
  for await (const _ of parts);
}

test('a node that never quotes', async () => {
  pair.node.network.handleJobs(forever)
  await expect(call()).rejects.toMatchObject({ code: 'network/timeout' })
})

test.each([
  { aboutMs: 100, waitsMs: 500 },
  { aboutMs: 60_000, waitsMs: 800 },
])('a node that lies about its queue: $aboutMs ms', async ({ aboutMs, waitsMs }) => {
  pair.node.network.handleJobs(async (incoming) => {
    await incoming.queue({ position: 1, aboutMs })
    // It promises on and on.
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      await incoming.queue({ position: 1, aboutMs: 600_000 })
    }
  })
  const startedMs = performance.now()
  await expect(call()).rejects.toMatchObject({ code: 'network/queue-stalled' })
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(waitsMs - 5)
})

test('a node that never starts', async () => {
  pair.node.network.handleJobs(async (incoming) => {
    await incoming.quote(quoteOf(incoming))
    await forever()
  })
  const { nonce, call: opened } = await call()
  await expect(drain(opened.accept(nonce))).rejects.toMatchObject({
    code: 'network/stalled',
    message: 'The node is connected, but stopped answering before its first token.',
  })
})

test('a node that stops halfway, and hears that its client has gone', async () => {
  const told = Promise.withResolvers<void>()
  pair.node.network.handleJobs(async (incoming) => {
    incoming.signal.addEventListener('abort', () => told.resolve())
    await incoming.quote(quoteOf(incoming))
    for (let index = 0; index < 3; index += 1) await incoming.send(delta(index))
    await forever()
  })
  const { nonce, call: opened } = await call()
  await expect(drain(opened.accept(nonce))).rejects.toMatchObject({
    code: 'network/stalled',
    message: 'The node is connected, but stopped answering after 3 tokens.',
  })
  await told.promise
})

test('a node that gives no receipt after a cancel', async () => {
  pair.node.network.handleJobs(async (incoming) => {
    await incoming.quote(quoteOf(incoming))
    await incoming.send(delta(0))
    await forever()
  })
  const { nonce, call: opened } = await call()
  const controller = new AbortController()
  const parts = opened.accept(nonce, { signal: controller.signal })
  const cancelled = (async () => {
    for await (const _ of parts) controller.abort()
  })()
  await expect(cancelled).rejects.toMatchObject({ code: 'protocol/cancelled' })
})

test('a client that never accepts, and one that takes nothing more', async () => {
  const failures: unknown[] = []
  pair.node.network.handleJobs(async (incoming) => {
    try {
      await incoming.quote(quoteOf(incoming))
      for (let index = 0; ; index += 1) await incoming.send(delta(index))
    } catch (error) {
      failures.push(error)
      throw error
    }
  })
  await call()
  await vi.waitFor(() => expect(failures).toMatchObject([{ code: 'network/timeout' }]), wait)
  const { nonce, call: opened } = await call()
  await opened.accept(nonce)[Symbol.asyncIterator]().next()
  await vi.waitFor(() => expect(failures[1]).toMatchObject({ code: 'network/stalled' }), wait)
})

test('a job that goes on and on, token by token', async () => {
  const stopped = Promise.withResolvers<unknown>()
  pair.node.network.handleJobs(async (incoming) => {
    await incoming.quote(quoteOf(incoming))
    try {
      for (let index = 0; ; index += 1) {
        await incoming.send(delta(index))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    } catch (error) {
      stopped.resolve(error)
    }
  })
  const { nonce, call: opened } = await call()
  await expect(drain(opened.accept(nonce))).rejects.toMatchObject({
    code: 'network/node-failed',
    cause: { code: 'network/job-too-long' },
  })
  await stopped.promise
})

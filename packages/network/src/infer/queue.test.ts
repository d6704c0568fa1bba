import type { QueuePlace } from '@weft/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerWithWords, createTestJob } from '../testing/fixtures.ts'
import { createPair, type Pair } from '../testing/pair.ts'

let pair: Pair

beforeEach(async () => {
  pair = await createPair()
})

afterEach(() => pair.stop())

test('a job that waits is told its place, then quoted; who leaves the queue is gone at once', async () => {
  const { network, privateKey } = pair.node
  network.handleJobs(async (incoming) => {
    await incoming.queue({ position: 2, aboutMs: 900 })
    await incoming.queue({ position: 1, aboutMs: 300 })
    await answerWithWords(incoming, { privateKey, count: 3 })
  })
  const { job, nonce } = createTestJob(pair.client.network.peerId)
  const places: QueuePlace[] = []
  const opened = await pair.client.network.callNode(pair.offer.registration, job, {
    onQueued: (place) => places.push(place),
  })
  expect(places).toEqual([
    { position: 2, aboutMs: 900 },
    { position: 1, aboutMs: 300 },
  ])
  const parts: string[] = []
  for await (const { type } of opened.accept(nonce)) parts.push(type)
  expect(parts).toEqual(['delta', 'delta', 'delta', 'receipt'])

  const left = Promise.withResolvers<void>()
  network.handleJobs(async (incoming) => {
    incoming.signal.addEventListener('abort', () => left.resolve())
    await incoming.queue({ position: 1, aboutMs: 60_000 })
    await new Promise(() => {})
  })
  const controller = new AbortController()
  const waiting = pair.client.network.callNode(pair.offer.registration, job, {
    signal: controller.signal,
    onQueued: () => controller.abort(),
  })
  await expect(waiting).rejects.toMatchObject({ code: 'protocol/cancelled' })
  await left.promise
})

test('a full node says when to ask again', async () => {
  const error = { code: 'sdk/busy', message: 'Full.' }
  pair.node.network.handleJobs((incoming) => incoming.refuse(error, 9_000))
  const { job } = createTestJob(pair.client.network.peerId)
  await expect(pair.client.network.callNode(pair.offer.registration, job)).rejects.toMatchObject({
    code: 'network/refused',
    retryAfterMs: 9_000,
  })
})

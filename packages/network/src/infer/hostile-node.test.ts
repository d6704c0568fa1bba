import { type Delta, fingerprintBytes } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTestJob, eventually, quoteFor } from '../testing/fixtures.ts'
import { createPair, type Pair } from '../testing/pair.ts'

vi.setConfig({ testTimeout: 20_000 })

const sampleFingerprint = new Uint8Array(fingerprintBytes)
sampleFingerprint.set([0xd9, 0xff])

let pair: Pair

beforeEach(async () => {
  pair = await createPair()
})

afterEach(() => pair.stop())

/** Sends what it is told to, and never ends. */
function serveDeltas(deltas: () => Iterable<Delta>): void {
  pair.node.network.handleJobs(async (incoming) => {
    await incoming.quote(quoteFor(incoming.job, pair.node.privateKey))
    for (const delta of deltas()) await incoming.send(delta)
    await new Promise((resolve) => incoming.signal.addEventListener('abort', resolve))
  })
}

/** @returns deltas that arrived before the call failed, and why it failed */
async function ask(asked?: {
  fingerprints: boolean
}): Promise<{ arrived: number; error: unknown }> {
  const { network } = pair.client
  const { job, nonce } = createTestJob(network.peerId, asked)
  const call = await network.callNode(pair.offer.registration, job)
  let arrived = 0
  try {
    for await (const _ of call.accept(nonce)) arrived += 1
  } catch (error) {
    return { arrived, error }
  }
  return { arrived, error: null }
}

const malformed = (fact: string) => ({
  code: 'protocol/malformed',
  facts: [expect.stringContaining(fact)],
})

function* without(text: string): Generator<Delta> {
  yield { index: 0, tokens: [1], text: '' }
  for (;;) yield { index: 1, tokens: [], text }
}

test('text without tokens comes once, and a node that sends more is cut off', async () => {
  serveDeltas(() => without('x'))
  for (let strike = 0; strike < 3; strike += 1) {
    expect(await ask()).toMatchObject({ arrived: 2, error: malformed('without tokens') })
  }
  const { client, node } = pair
  const isConnected = () =>
    client.libp2p
      .getConnections()
      .some(({ remotePeer }) => remotePeer.toString() === node.network.peerId)
  await eventually(() => !isConnected())
})

test('no more text than the tokens can have', async () => {
  serveDeltas(() => without('x'.repeat(60_000)))
  expect(await ask()).toMatchObject({ arrived: 1, error: malformed('longer than its tokens') })
})

test('no more tokens than the job asked for', async () => {
  const tokens = Array.from({ length: 250 }, (_, index) => index)
  serveDeltas(() => [0, 250, 500, 750, 1000].map((index) => ({ index, tokens, text: 'words ' })))
  expect(await ask()).toMatchObject({ arrived: 4, error: malformed('1000 tokens asked for') })
})

test.each<[string, { fingerprints: boolean }, number, Partial<Delta>]>([
  ['a window without the fingerprint that was asked for', { fingerprints: true }, 32, {}],
  ['one of no window', { fingerprints: true }, 31, { fingerprint: sampleFingerprint }],
  ['one past its window', { fingerprints: true }, 33, { fingerprint: sampleFingerprint }],
  ['one that nobody asked for', { fingerprints: false }, 32, { fingerprint: sampleFingerprint }],
])('no fingerprint but where it belongs: %s', async (_, asked, count, more) => {
  const tokens = Array.from({ length: count }, (_, index) => index)
  serveDeltas(() => [{ index: 0, tokens, text: 'words', ...more }])
  expect(await ask(asked)).toMatchObject({ arrived: 0, error: malformed('fingerprint') })
})

test('no flood of places in a queue', async () => {
  pair.node.network.handleJobs(async (incoming) => {
    for (;;) await incoming.queue({ position: 1, aboutMs: 60_000 })
  })
  const { network } = pair.client
  const { job } = createTestJob(network.peerId)
  let places = 0
  const call = network.callNode(pair.offer.registration, job, { onQueued: () => (places += 1) })
  await expect(call).rejects.toMatchObject(malformed('too often'))
  expect(places).toBeLessThan(20)
})

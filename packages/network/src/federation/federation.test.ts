import { afterEach, expect, test, vi } from 'vitest'
import {
  announcement,
  answerWithWords,
  createTestJob,
  eventually,
  modelCid,
} from '../testing/fixtures.ts'
import { createNodeNetwork } from '../testing/node-network.ts'
import { type FellowRelay, openFellows } from '../testing/relays.ts'

vi.setConfig({ testTimeout: 40_000 })

const ofModel = { role: 'models', modelCid } as const
const stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function open(count: number) {
  const fellows = await openFellows(count)
  stops.push(() => Promise.all(fellows.map((fellow) => fellow.stop())))
  await eventually(() => fellows.every(({ relay }) => relay.counts().fellows === count - 1))
  return fellows
}

async function join(...relays: FellowRelay[]) {
  const node = await createNodeNetwork({ relays: relays.map(({ address }) => address) })
  stops.push(() => node.network.stop())
  return node
}

test('a node of one relay is found and asked over another, with its load, until it goes', async () => {
  const [a, b] = await open(2)
  if (!a || !b) throw new Error('no relays')
  const node = await join(a)
  const client = await join(b)
  node.network.handleJobs((incoming) =>
    answerWithWords(incoming, { privateKey: node.privateKey, count: 3 }),
  )
  const handle = node.network.announce(announcement)
  await eventually(() => b.relay.counts().known === 1)
  expect(b.relay.counts().registered).toBe(0)
  handle.setActiveJobs(1)
  const offer = await eventually(async () => {
    const [found] = await client.network.findOffers(ofModel)
    return found?.activeJobs === 1 ? found : undefined
  })
  const { job, nonce } = createTestJob(client.network.peerId)
  const call = await client.network.callNode(offer.registration, job)
  const types: string[] = []
  for await (const { type } of call.accept(nonce)) types.push(type)
  expect(types).toEqual(['delta', 'delta', 'delta', 'receipt'])
  await handle.stop()
  await eventually(() => b.relay.counts().known === 0)
})

test('a relay that joins late knows what the others know', async () => {
  const [a, b] = await open(2)
  if (!a || !b) throw new Error('no relays')
  const node = await join(a)
  node.network.announce(announcement)
  await eventually(() => b.relay.counts().known === 1)
  await b.restart()
  await eventually(() => b.relay.counts().known === 1)
})

test('a node of two relays stays when one of them leaves', async () => {
  const [a, b] = await open(2)
  if (!a || !b) throw new Error('no relays')
  const node = await join(a, b)
  node.network.announce(announcement)
  await eventually(() => a.relay.counts().registered + b.relay.counts().registered === 2)
  await a.relay.stop()
  await eventually(() => b.relay.counts().fellows === 0)
  expect(b.relay.counts()).toMatchObject({ registered: 1, known: 1 })
})

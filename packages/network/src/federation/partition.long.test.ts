/**
 * Three relays, six nodes, and what happens to relays: whatever is lost is back within five seconds.
 */
import { afterAll, beforeAll, test, vi } from 'vitest'
import { announcement, eventually, modelCid } from '../testing/fixtures.ts'
import { createNodeNetwork, type NodeNetwork } from '../testing/node-network.ts'
import { type FellowRelay, openFellows } from '../testing/relays.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

/** Promised are five seconds; the rest is for a machine that does much beside. */
const backMs = 15_000
const relayCount = 3
let fellows: FellowRelay[]
const nodes: NodeNetwork[] = []
const handles: { stop(): Promise<void> }[] = []
/** Which of their own relays the nodes have: two nodes have only the first. */
const homes = [[0], [0], [1], [2], [0, 1], [1, 2]]

beforeAll(async () => {
  fellows = await openFellows(relayCount)
  const addresses = fellows.map(({ address }) => address)
  for (const home of homes) {
    const node = await createNodeNetwork({ relays: home.map((index) => addresses[index] ?? '') })
    nodes.push(node)
    handles.push(node.network.announce(announcement))
  }
  await everywhere(homes.length)
})

afterAll(async () => {
  await Promise.all(nodes.map(({ network }) => network.stop()))
  await Promise.all(fellows.map((fellow) => fellow.stop()))
})

const known = () => fellows.map(({ relay }) => relay.counts().known)

async function everywhere(count: number, ms = 30_000): Promise<number> {
  const startedMs = performance.now()
  await eventually(() => known().every((each) => each === count), {
    ms,
    subject: `${count} nodes everywhere, after ${known()}`,
  })
  return performance.now() - startedMs
}

test('a relay that is cut off: the others keep its nodes for a while, forget them, and have them back', async () => {
  const [first] = fellows
  for (const { line } of fellows) line.cut()
  await eventually(() => fellows.every(({ relay }) => relay.counts().fellows === 0), { ms: 10_000 })
  // Nodes that come and go meanwhile.
  await handles[2]?.stop()
  const late = await createNodeNetwork({ relays: first ? [first.address] : [] })
  nodes.push(late)
  late.network.announce(announcement)
  await eventually(() => known()[0] === 4 && known()[1] === 2 && known()[2] === 2, {
    ms: 30_000,
    subject: 'that each knows its own nodes only',
  })
  for (const { line } of fellows) line.heal()
  await everywhere(homes.length, backMs)
})

test('one line of three is cut: what the two say reaches them over the third', async () => {
  const [first, second] = fellows
  first?.line.cut()
  second?.line.cut()
  const [node] = nodes
  await node?.network.stop()
  await everywhere(homes.length - 1, backMs)
  await second?.restart()
  await everywhere(homes.length - 1, backMs)
  first?.line.heal()
  second?.line.heal()
  const client = nodes[3]
  await eventually(
    async () => {
      const offers = await client?.network.findOffers({ role: 'models', modelCid })
      return offers?.length === homes.length - 1
    },
    { ms: backMs },
  )
})

// Last: a tab with another relay comes back to one that was restarted when it has time.
test('a relay that is restarted knows all of them again, and all know its own', async () => {
  await fellows[0]?.restart()
  await everywhere(homes.length - 1, backMs)
  await fellows[2]?.restart()
  await everywhere(homes.length - 1, backMs)
})

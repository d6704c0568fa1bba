import { createRelay, type Relay } from '@weft/network/relay'
import { createNodeNetwork } from '@weft/network/testing'
import { createPrivateKey, type Proved, WeftError } from '@weft/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { createTabProofs, type ProofOffer } from './tab-proofs.ts'

const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const question = { modelCid, features: [1, -2, 3], domain: 0n, request: 7n }
const point = { x: 1n, y: 2n }
const provedOf = (says: bigint): Proved => ({
  proof: { a: point, b: { x: [1n, 2n], y: [3n, 4n] }, c: point },
  publicSignals: [says],
})
/** As if only 42 were true. */
const holds = async ({ publicSignals }: Proved) => publicSignals[0] === 42n

let relay: Relay
const ends: (() => Promise<void>)[] = []

async function openTab() {
  const { network } = await createNodeNetwork({ relays: relay.addresses() })
  ends.push(() => network.stop())
  const failed: string[] = []
  const memory = { ...createNodeMemory(), failed: (peerId: string) => void failed.push(peerId) }
  return { network, memory, failed, proofs: createTabProofs({ network, memory }) }
}

const says = (prove: () => Promise<Proved>): ProofOffer => ({ modelCid, prove, check: holds })

beforeAll(async () => {
  relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await Promise.all(ends.map((end) => end()))
  await relay.stop()
})

async function untilOffered({ network }: Awaited<ReturnType<typeof openTab>>, count: number) {
  const query = { role: 'proves', modelCid } as const
  await expect.poll(async () => (await network.findOffers(query)).length).toBe(count)
}

test('a liar is found and not asked again, a third tab looks, and who gives it up is not found', async () => {
  const [client, one, other] = await Promise.all([openTab(), openTab(), openTab()])
  await expect(client.proofs.ask(question, holds)).rejects.toMatchObject({
    code: 'sdk/no-provers',
  })
  expect(await client.proofs.check(modelCid, provedOf(42n), { without: [] })).toBeNull()

  await one.proofs.offer(says(async () => provedOf(41n)))
  await untilOffered(client, 1)
  const lies: string[] = []
  const onLie = (peerId: string) => lies.push(peerId)
  await expect(client.proofs.ask(question, holds, { onLie })).rejects.toMatchObject({
    code: 'sdk/false-proof',
  })
  expect(lies).toEqual([one.network.peerId])
  expect(client.memory.isLiar(one.network.peerId)).toBe(true)
  await expect(client.proofs.ask(question, holds)).rejects.toMatchObject({
    code: 'sdk/no-provers',
  })

  let asked: unknown
  await other.proofs.offer({
    modelCid,
    prove: async (of) => {
      asked = of
      return provedOf(42n)
    },
    check: holds,
  })
  await untilOffered(client, 2)
  const { proved, peerId } = await client.proofs.ask(question, holds)
  expect([proved, peerId, asked]).toEqual([provedOf(42n), other.network.peerId, question])
  expect(other.proofs.state.get()).toMatchObject({ proves: true, proved: 1, checked: 0 })

  const third = await openTab()
  await third.proofs.offer({ modelCid, prove: null, check: holds })
  const without = [peerId]
  const look = (of: Proved) => client.proofs.check(modelCid, of, { without })
  await expect.poll(() => look(proved)).toEqual({ peerId: third.network.peerId, isValid: true })
  expect(await look(provedOf(41n))).toMatchObject({ isValid: false })
  expect(third.proofs.state.get()).toMatchObject({ proves: false, checked: 2 })

  await Promise.all([one.proofs.offer(null), other.proofs.offer(null)])
  await untilOffered(client, 0)
  expect(other.proofs.state.get()).toBeNull()
}, 60_000)

test('what a tab that proves says of its failure is told, and it is no lie', async () => {
  const [client, one] = await Promise.all([openTab(), openTab()])
  await one.proofs.offer(
    says(() => Promise.reject(new WeftError('verification/not-provable', 'This is not so.'))),
  )
  await untilOffered(client, 1)
  await expect(client.proofs.ask(question, holds)).rejects.toMatchObject({
    code: 'verification/not-provable',
    message: 'This is not so.',
  })
  expect(client.memory.isLiar(one.network.peerId)).toBe(false)
  expect(client.failed).toEqual([one.network.peerId])
  await one.proofs.offer(null)
}, 60_000)

test('who has too much to do has not failed, nor has who is looked at by a tab that cannot', async () => {
  const [client, one] = await Promise.all([openTab(), openTab()])
  let isBusy = true
  const prove = async () => {
    if (isBusy) throw new WeftError('network/busy', 'Too much.')
    return provedOf(42n)
  }
  await one.proofs.offer(says(prove))
  await untilOffered(client, 1)
  await expect(client.proofs.ask(question, holds)).rejects.toMatchObject({ code: 'network/busy' })
  isBusy = false
  const noKey = new WeftError('verification/no-artifact', 'No key.')
  const cannot = () => Promise.reject(noKey)
  await expect(client.proofs.ask(question, cannot)).rejects.toBe(noKey)
  expect(client.failed).toEqual([])
  expect(client.memory.isLiar(one.network.peerId)).toBe(false)
  await one.proofs.offer(null)
}, 60_000)

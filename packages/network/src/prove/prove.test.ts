import { type ProveRequest, type ProveResponse, WeftError } from '@weft/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, modelCid } from '../testing/fixtures.ts'
import type { NodeNetwork } from '../testing/node-network.ts'
import { createPair, type Pair } from '../testing/pair.ts'
import { proofs } from './constants.ts'

let pair: Pair
beforeEach(async () => {
  pair = await createPair()
})
afterEach(() => pair.stop())

const request: ProveRequest = {
  type: 'prove',
  modelCid,
  features: [-128, 0, 127],
  domain: 0n,
  request: 2n ** 250n,
}
const point = { x: 1n, y: 2n ** 253n }
const proved: ProveResponse = {
  type: 'proved',
  proved: {
    proof: { a: point, b: { x: [1n, 2n], y: [3n, 4n] }, c: point },
    publicSignals: [0n, 1n, 2n ** 253n],
  },
}

const ask = (signal?: AbortSignal) =>
  pair.client.network.prove(pair.offer.registration, request, signal ? { signal } : {})

const streams = ({ libp2p }: NodeNetwork) =>
  libp2p
    .getConnections()
    .flatMap((connection) => connection.streams)
    .filter(({ protocol }) => protocol === proofs.protocol).length

test('a question goes to who proves whole, its answer comes back, and who proves is found', async () => {
  const { network } = pair.node
  network.handleProofs(async (asked, { peerId }) => {
    expect(asked).toEqual(request)
    expect(peerId).toBe(pair.client.network.peerId)
    return proved
  })
  expect(await ask()).toEqual(proved)
  await eventually(() => streams(pair.client) + streams(pair.node) === 0)

  network.announce({ proves: [modelCid] })
  await eventually(async () => {
    const [offer] = await pair.client.network.findOffers({ role: 'proves', modelCid })
    return offer?.registration.peerId === network.peerId
  })
})

test('who proves nothing says so; who leaves ends the work, and no more than two wait', async () => {
  expect(await ask()).toMatchObject({ error: { code: 'network/not-proving' } })
  let ended = 0
  pair.node.network.handleProofs(async (_, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    ended += 1
    throw new WeftError('test/ended', 'Ended.')
  })
  const leaving = new AbortController()
  const waiting = [ask(leaving.signal), ask(leaving.signal)]
  await eventually(() => streams(pair.node) === 2)
  expect(await ask()).toMatchObject({ type: 'refusal', error: { code: 'network/busy' } })
  leaving.abort()
  for (const each of waiting) {
    await expect(each).rejects.toMatchObject({ code: 'protocol/cancelled' })
  }
  await eventually(() => ended === 2)
})

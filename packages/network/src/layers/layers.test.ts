import { type PartStep, WeftError } from '@weft/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LayersLine } from '../network.ts'
import { eventually, modelCid } from '../testing/fixtures.ts'
import type { NodeNetwork } from '../testing/node-network.ts'
import { createPair, type Pair } from '../testing/pair.ts'
import { layersProtocol } from './constants.ts'

const width = 4
const noRoom = new WeftError('engine/out-of-memory', 'No room.')
const stepOf = (tokens: number): PartStep => ({
  changes: [],
  forward: { cache: 1, rows: 1, tokens, positions: null },
})
const statesOf = (tokens: number) =>
  Float32Array.from({ length: tokens * width }, (_, at) => at / 3)

let pair: Pair
let closed = 0
let line: LayersLine
beforeEach(async () => {
  pair = await createPair()
  closed = 0
  pair.node.network.handleLayers(({ part }) => {
    if (part !== 1) return null
    return {
      width,
      async step({ forward }, states) {
        if (forward?.tokens === 13) throw noRoom
        // A part that says too little.
        if (forward?.tokens === 7) return states.slice(1)
        return states.map((value) => 2 * value)
      },
      close() {
        closed += 1
      },
    }
  })
  line = await open(1)
})
afterEach(() => pair.stop())

const open = (part: number) =>
  pair.client.network.openLayers(pair.offer.registration, { modelCid, part })

const streams = ({ libp2p }: NodeNetwork) =>
  libp2p
    .getConnections()
    .flatMap((connection) => connection.streams)
    .filter(({ protocol }) => protocol === layersProtocol).length

test('states go and come back, also the most of a step, and a lack of room ends nothing', async () => {
  expect(line).toMatchObject({ width, peerId: pair.node.network.peerId })
  for (const tokens of [1, 512]) {
    const states = statesOf(tokens)
    expect(await line.step(stepOf(tokens), states)).toEqual(states.map((value) => 2 * value))
  }
  await expect(line.step(stepOf(13), statesOf(13))).rejects.toMatchObject({ code: noRoom.code })
  expect(await line.step(stepOf(1), statesOf(1))).toHaveLength(width)
  line.close()
  await eventually(() => closed === 1)
})

test('other layers are refused, and no stream is left behind', async () => {
  line.close()
  await expect(open(2)).rejects.toMatchObject({ code: 'network/refused' })
  await eventually(() => streams(pair.client) + streams(pair.node) === 0)
})

test('a part that says too little loses its line', async () => {
  await expect(line.step(stepOf(7), statesOf(7))).rejects.toMatchObject({
    code: 'protocol/malformed',
  })
  await expect(line.step(stepOf(1), statesOf(1))).rejects.toMatchObject({
    code: expect.stringMatching(/stream-lost|malformed/),
  })
  await eventually(() => closed === 1)
})

test('a tab that goes is noticed in the middle of a step', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  pair.node.network.handleLayers(() => ({
    width,
    step: async () => {
      resolve()
      return new Promise<Float32Array>(() => {})
    },
    close() {},
  }))
  const next = await open(1)
  const asked = next.step(stepOf(1), statesOf(1))
  const fails = expect(asked).rejects.toMatchObject({ code: 'network/stream-lost' })
  await promise
  await pair.node.network.stop()
  await fails
})

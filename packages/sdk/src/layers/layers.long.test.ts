/**
 * A model over tabs with real streams: one reads prompts and answers, others compute its layers.
 */
import { readFile } from 'node:fs/promises'
import { createLocalEngine, nodeRuntime, openLocalLayers, partPaths } from '@weft/engine/local'
import type { Network } from '@weft/network'
import { createNodeNetwork } from '@weft/network/testing'
import { type LayersManifest, manifestSchema, parse } from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import { afterEach, expect, test } from 'vitest'
import { recheck } from '../recheck.ts'
import { openRoad } from '../testing/road-stage.ts'
import { findLayers } from './find-layers.ts'
import { type LayersServed, serveLayers } from './serve-layers.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const openRuntime = async () => nodeRuntime(ort, { threads: 1 })

/** As the site serves it. */
async function readPart(part: number) {
  const folder = new URL(`../../../../public/models/bobbin-split/part-${part}/`, import.meta.url)
  const read = async (path: string) => new Uint8Array(await readFile(new URL(path, folder)))
  const json: unknown = JSON.parse(new TextDecoder().decode(await read('manifest.json')))
  const manifest = parse('manifest', manifestSchema, json) as LayersManifest
  const files = await Promise.all(
    manifest.files.map(async ({ path }) => [path, await read(path)] as const),
  )
  return { manifest, files: new Map(files) }
}

/** A tab that computes the second part. */
async function openPartTab(relays: string[]) {
  const { network } = await createNodeNetwork({ relays })
  const { manifest, files } = await readPart(1)
  const layers = await openLocalLayers({ manifest, files, backend: 'wasm' }, openRuntime)
  let served: LayersServed = { heads: 0, tokens: 0, isFull: false }
  serveLayers({
    network,
    manifest,
    layers,
    onChange: (now) => {
      served = now
    },
  })
  ends.push(async () => {
    await network.stop()
    await layers.release()
  })
  return { network, served: () => served }
}

async function openHead(network: Network, whole: Awaited<ReturnType<typeof openRoad>>['manifest']) {
  const { manifest, files } = await readPart(0)
  const { opening, closing } = partPaths
  const { width, modelCid } = manifest
  const engine = createLocalEngine({ openRuntime })
  ends.push(() => engine.close())
  const parts = manifest.parts - 1
  const { connect, missing } = findLayers({ network, modelCid, parts, width })
  const split = { opening, closing, parts, width, connect }
  const { selfTest } = await engine.load({
    manifest: whole,
    openFiles: async () => files,
    backend: 'wasm',
    split,
  })
  expect(selfTest.passed).toBe(true)
  return { engine, missing }
}

test('an answer over two tabs, one of which is closed in its middle, is the one of the whole model', {
  timeout: 180_000,
}, async () => {
  const road = await openRoad()
  ends.push(() => road.close())
  const tabs = [await openPartTab(road.relayAddresses), await openPartTab(road.relayAddresses)]
  const { engine, missing } = await openHead(road.node, road.manifest)
  const inUse = () => tabs.findIndex(({ served }) => served().heads > 0)
  road.startServing({ engine })
  const first = await road.collect({ maxTokens: 24 })
  expect(first.end.answer.tokens.length).toBeGreaterThan(10)
  expect(await recheck(road.engine, first.end.answer)).toMatchObject({ firstDifference: null })

  const used = inUse()
  const standby = tabs[1 - used]
  expect(standby?.served()).toMatchObject({ heads: 0, tokens: 0 })
  const deltas = () => road.served.filter(({ type }) => type === 'job-delta').length
  const before = deltas()
  const dies = expect
    .poll(deltas, { interval: 1, timeout: 20_000 })
    .toBeGreaterThan(before + 8)
    .then(() => tabs[used]?.network.stop())
  const second = await road.collect({
    messages: [{ role: 'user', content: 'Write a long story about two boats and a storm.' }],
    maxTokens: 48,
  })
  await dies
  expect(standby?.served().tokens).toBeGreaterThan(30)
  // The client sees nothing of it.
  expect(second.end.answer.handovers).toEqual([])
  expect(await recheck(road.engine, second.end.answer)).toMatchObject({
    firstDifference: null,
    tokens: second.end.answer.tokens.length,
  })

  // Nobody else computes them: that is known while it is looked for, and over when somebody comes.
  await standby?.network.stop()
  const third = road.collect({ maxTokens: 4 })
  await expect.poll(() => missing.get(), { timeout: 15_000 }).toEqual([1])
  await openPartTab(road.relayAddresses)
  expect((await third).end.answer.tokens).toHaveLength(4)
  expect(missing.get()).toEqual([])
})

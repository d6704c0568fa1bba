import { createRelay } from '@weft/network/relay'
import { createNodeNetwork } from '@weft/network/testing'
import { createPrivateKey, type Manifest, WeftError } from '@weft/protocol'
import { afterAll, expect, test, vi } from 'vitest'
import { generate } from './generate.ts'
import { createNodeMemory } from './node-memory.ts'
import { createServingNode } from './serving-node.ts'
import { openEngineStage } from './testing/engine-stage.ts'
import { quietDevice } from './testing/quiet-device.ts'

const stage = await openEngineStage()
const [modelCid = ''] = stage.cids
const relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
const privateKey = createPrivateKey()
const { network } = await createNodeNetwork({ relays: relay.addresses(), privateKey })
const { network: client } = await createNodeNetwork({ relays: relay.addresses() })
const { catalogue, tabEngine } = stage
const node = createServingNode({
  catalogue,
  tabEngine,
  network,
  privateKey,
  ...quietDevice(),
})

afterAll(async () => {
  await node.stop()
  await Promise.all([network.stop(), client.stop(), stage.close()])
  await relay.stop()
})

async function ask(): Promise<number> {
  const components = {
    peerId: client.peerId,
    network: client,
    memory: createNodeMemory(),
    manifestOf: () => catalogue[0]?.manifest as Manifest,
    localEngine: async () => tabEngine.engine,
  }
  const messages = [{ role: 'user' as const, content: 'Tell me a story about a fox.' }]
  let tokens = 0
  for await (const event of generate(components, { modelCid, messages, where: 'network' })) {
    if (event.type === 'delta') tokens += event.tokens.length
  }
  return tokens
}

const offers = async () => (await client.findOffers({ role: 'models', modelCid })).length
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000 })

test('a contributor sees what it does; a broken engine is mended once; off is off', async () => {
  const phases = new Set<string>()
  node.state.subscribe(() => phases.add(node.state.get().phase))
  await node.start({ modelCid, backend: 'auto' })
  await until(async () => expect(await offers()).toBe(1))
  const tokens = await ask()
  await until(() => expect(node.state.get()).toMatchObject({ phase: 'idle', jobsServed: 1 }))
  expect(node.state.get().tokensServed).toBe(tokens)
  expect([...phases]).toEqual(['preparing', 'idle', 'working'])

  const lost = new WeftError('engine/device-lost', 'The GPU was lost.')
  stage.breakNext(lost)
  await expect(ask()).rejects.toThrow('The GPU was lost.')
  await until(() => expect(node.state.get()).toMatchObject({ phase: 'idle' }))
  await until(async () => expect(await offers()).toBe(1))
  expect(await ask()).toBeGreaterThan(0)

  stage.breakNext(lost)
  await expect(ask()).rejects.toThrow('The GPU was lost.')
  await until(() => expect(node.state.get()).toMatchObject({ phase: 'failed' }))
  expect(node.state.get().sentence).toContain('again')
  await until(async () => expect(await offers()).toBe(0))

  await node.start({ modelCid, backend: 'auto' })
  await until(async () => expect(await offers()).toBe(1))
  await node.stop()
  expect(node.state.get()).toMatchObject({ phase: 'off', jobsServed: 2 })
  await until(async () => expect(await offers()).toBe(0))
})

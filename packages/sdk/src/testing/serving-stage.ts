/**
 * A contributor with real weights, a relay and a client that asks it, each with real streams.
 * @module
 */
import { createRelay } from '@weft/network/relay'
import { createNodeNetwork } from '@weft/network/testing'
import { createPrivateKey, type Offer } from '@weft/protocol'
import { generate } from '../generate.ts'
import { createNodeMemory } from '../node-memory.ts'
import { createServingNode, type ServingNodeInit } from '../serving-node.ts'
import type { GenerateEvent } from '../tab.ts'
import { type EngineStageInit, openEngineStage } from './engine-stage.ts'
import { quietDevice } from './quiet-device.ts'

export type ServingStageInit = EngineStageInit &
  Partial<Pick<ServingNodeInit, 'attend' | 'obstacle'>>

export async function openServingStage({ attend, obstacle, ...init }: ServingStageInit = {}) {
  const stage = await openEngineStage(init)
  const { catalogue, tabEngine, manifest } = stage
  const [modelCid = ''] = stage.cids
  const relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  const relays = relay.addresses()
  const privateKey = createPrivateKey()
  const { network } = await createNodeNetwork({ relays, privateKey })
  const { network: client } = await createNodeNetwork({ relays })
  const node = createServingNode({
    catalogue,
    tabEngine,
    network,
    privateKey,
    ...quietDevice(),
    ...(attend ? { attend } : {}),
    ...(obstacle ? { obstacle } : {}),
  })
  const components = {
    peerId: client.peerId,
    network: client,
    memory: createNodeMemory(),
    manifestOf: () => manifest,
    localEngine: async () => tabEngine.engine,
  }
  return {
    ...stage,
    node,
    modelCid,
    start: () => node.start({ modelCid, backend: 'auto' }),
    offers: (): Promise<Offer[]> => client.findOffers({ role: 'models', modelCid }),
    /** The client asks for a story. */
    ask(): AsyncIterable<GenerateEvent> {
      const messages = [{ role: 'user' as const, content: 'Tell me a story about a fox.' }]
      return generate(components, { modelCid, messages, where: 'network' })
    },
    async close() {
      await node.stop()
      await Promise.all([network.stop(), client.stop(), stage.close()])
      await relay.stop()
    },
  }
}

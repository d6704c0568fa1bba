/**
 * A relay, a client and a node, all real, all in this process.
 * @module
 */
import { createPrivateKey, type Offer } from '@weft/protocol'
import { createRelay, type Relay } from '../relay/index.ts'
import { announcement, eventually, modelCid } from './fixtures.ts'
import { createNodeNetwork, type NodeNetwork } from './node-network.ts'

export type Pair = {
  relay: Relay
  client: NodeNetwork
  node: NodeNetwork
  offer: Offer
  stop(): Promise<void>
}

export async function createPair(): Promise<Pair> {
  const relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  const relays = relay.addresses().slice(0, 1)
  const [client, node] = await Promise.all([
    createNodeNetwork({ relays }),
    createNodeNetwork({ relays }),
  ])
  node.network.announce(announcement)
  await eventually(() => relay.counts().registered === 1, { subject: 'the registration' })
  const [offer] = await client.network.findOffers({ role: 'models', modelCid })
  if (!offer) throw new Error('the relay has lost the offer')
  return {
    relay,
    client,
    node,
    offer,
    async stop() {
      await Promise.all([client.network.stop(), node.network.stop()])
      await relay.stop()
    },
  }
}

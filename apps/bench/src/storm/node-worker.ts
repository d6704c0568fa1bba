/**
 * A process of nodes.
 * @module
 */
import { hexToBytes } from '@weft/protocol'
import { readPlace } from './court-place.ts'
import { readLightManifest } from './light-model.ts'
import { type NodePeer, openNodePeer } from './node-peer.ts'
import { takeOrders, tell } from './worker-process.ts'

const place = readPlace()
const manifest = await readLightManifest()
/** Opened one after the other; one may be told to die before it is born. */
const births = new Map<string, Promise<NodePeer>>()
const alive = new Set<NodePeer>()
let last: Promise<unknown> = Promise.resolve()

takeOrders(
  async (order) => {
    if (order.type === 'birth') {
      for (const { plan, key } of order.nodes) {
        const privateKey = hexToBytes(key)
        const birth = last.then(() => openNodePeer({ plan, privateKey, manifest, place }))
        last = birth.catch(() => {}) // Told as trouble; later ones are born all the same.
        births.set(plan.id, birth)
        const peer = await birth
        alive.add(peer)
        tell({ type: 'born', nodeId: plan.id, peerId: peer.peerId })
      }
    } else if (order.type === 'death') {
      const peer = await births.get(order.nodeId)
      births.delete(order.nodeId)
      if (!peer) return
      await peer.die(order.death)
      alive.delete(peer)
    }
  },
  () => [...alive].reduce((sum, peer) => sum + peer.connections(), 0),
)

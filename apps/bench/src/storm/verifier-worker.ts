/**
 * A process of verifiers.
 * @module
 */
import { hexToBytes } from '@weft/protocol'
import { readPlace } from './court-place.ts'
import { readLightManifest } from './light-model.ts'
import { openVerifierPeer, type VerifierPeer } from './verifier-peer.ts'
import { takeOrders, tell } from './worker-process.ts'

const place = readPlace()
const manifest = await readLightManifest()
const verifiers: VerifierPeer[] = []

takeOrders(
  async (order) => {
    if (order.type !== 'verifiers') return
    for (const { key, colludes } of order.verifiers) {
      const coalition = colludes ? order.coalition : null
      const privateKey = hexToBytes(key)
      verifiers.push(await openVerifierPeer({ place, manifest, privateKey, coalition }))
    }
    tell({ type: 'joined' })
  },
  () => verifiers.reduce((sum, peer) => sum + peer.connections(), 0),
)

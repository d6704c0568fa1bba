/**
 * A process of clients.
 * @module
 */
import { type ClientPeer, openClientPeer } from './client-peer.ts'
import { readPlace } from './court-place.ts'
import { readLightManifest } from './light-model.ts'
import type { Outcome } from './worker-messages.ts'
import { takeOrders, tell } from './worker-process.ts'

const place = readPlace()
const manifest = await readLightManifest()
const clients: ClientPeer[] = []
const resting = new AbortController()

takeOrders(
  async (order) => {
    if (order.type === 'clients') {
      const { seed, friends } = order
      for (const { id, colludes } of order.clients) {
        const init = { id, seed, manifest, place, friends: colludes ? friends : null }
        clients.push(await openClientPeer(init))
      }
      tell({ type: 'joined' })
    } else if (order.type === 'ask') {
      const onOutcome = (outcome: Outcome) => tell({ type: 'outcome', outcome })
      await Promise.all(clients.map((client) => client.ask(resting.signal, onOutcome)))
      await Promise.all(clients.map((client) => client.stop()))
      tell({ type: 'rested' })
    } else if (order.type === 'rest') {
      resting.abort()
    }
  },
  () => clients.reduce((sum, client) => sum + client.connections(), 0),
)

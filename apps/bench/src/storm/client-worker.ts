/**
 * A process of clients.
 * @module
 */
import { type ClientPeer, openClientPeer } from './client-peer.ts'
import { readLightManifest } from './light-model.ts'
import type { Outcome } from './worker-messages.ts'
import { takeOrders, tell } from './worker-process.ts'

const relays = process.argv.slice(2)
const manifest = await readLightManifest()
const clients: ClientPeer[] = []
const resting = new AbortController()

takeOrders(
  async (order) => {
    if (order.type === 'clients') {
      const { seed, ids } = order
      for (const id of ids) clients.push(await openClientPeer({ id, seed, manifest, relays }))
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

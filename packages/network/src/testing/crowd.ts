/**
 * Load for a relay: another relay with thousands of nodes, and a tab that only asks.
 * @module
 */
import { multiaddr } from '@multiformats/multiaddr'
import type { DirectoryQuery, PrivateKey, Registration, SealedOffer } from '@weft/protocol'
import { DirectoryClient } from '../directory/directory-client.ts'
import { DirectoryTable } from '../directory/directory-table.ts'
import { Federation } from '../federation/federation.ts'
import { Outbox } from '../federation/outbox.ts'
import { checkNatively } from '../relay/check-natively.ts'
import { startRelayLibp2p } from '../relay/start-relay-libp2p.ts'
import { createBareLibp2p } from './node-network.ts'

export type CrowdInit = {
  privateKey: PrivateKey
  host: string
  port: number
  /** The relay that is told of the nodes; it must name this one. */
  fellow: string
  /** Signed by their nodes. */
  registrations: readonly Registration[]
}

/** A relay whose nodes exist as registrations only. */
export async function openCrowd(init: CrowdInit): Promise<{ stop(): Promise<void> }> {
  const { fellow, registrations } = init
  const { libp2p, gossip } = await startRelayLibp2p(
    { ...init, fellows: [fellow] },
    {
      refusesConnection: () => false,
      refusesPeer: () => false,
      refusesReservation: () => true,
    },
  )
  if (!gossip) throw new Error('a relay with a fellow gossips')
  const table = new DirectoryTable({ maxEntries: registrations.length })
  for (const registration of registrations) table.put(registration, init)
  const federation = new Federation({
    libp2p,
    gossip,
    fellows: [fellow],
    table,
    outbox: new Outbox(),
    check: checkNatively,
    addresses: () => libp2p.getMultiaddrs().map((address) => address.toString()),
  })
  await federation.start()
  return {
    async stop() {
      federation.stop()
      await libp2p.stop()
    },
  }
}

export type Asker = {
  ask(query: DirectoryQuery): Promise<SealedOffer[]>
  stop(): Promise<void>
}

/** A tab that asks and does not look into the answers. */
export async function openAsker(relay: string): Promise<Asker> {
  const libp2p = await createBareLibp2p()
  const connection = await libp2p.dial(multiaddr(relay))
  const directory = new DirectoryClient({
    connection,
    onStreamLost: () => {},
    onDraining: () => {},
  })
  return {
    async ask(query) {
      const answer = await directory.request(query)
      if (answer.type !== 'offers') throw new Error('the relay answers something else')
      return answer.offers
    },
    async stop() {
      await libp2p.stop()
    },
  }
}

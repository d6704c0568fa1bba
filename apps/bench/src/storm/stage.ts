/**
 * The processes of a storm: two relays, crews of nodes, crowds of clients.
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createPrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import { freePort } from '@weft/weft/free-port'
import { type RelayProcess, startRelay } from '@weft/weft/relay-process'
import type { StormOptions } from './options.ts'
import { type Crew, type NodePlan, type OwnDeath, relayCount } from './plan.ts'
import type { News } from './worker-messages.ts'
import { openWorker, type Worker } from './workers.ts'

export type Stage = {
  relays: RelayProcess[]
  /** Of all that runs now. */
  workers(): Worker[]
  openCrew(crew: Crew): Promise<void>
  killCrew(crewId: string): void
  birth(crewId: string, node: NodePlan): void
  death(crewId: string, nodeId: string, death: OwnDeath): void
  /** Resolves when all have joined. */
  openClients(options: StormOptions): Promise<void>
  ask(): void
  /** Asks nothing more. @returns when the last answers have ended, or after `ms` */
  rest(ms: number): Promise<void>
  close(): Promise<void>
}

export type StageInit = {
  onNews: (news: News, worker: string) => void
  onTrouble: (message: string) => void
}

const host = '127.0.0.1'
const firstPort = 7570
const clientsPerCrowd = 50

export async function openStage({ onNews, onTrouble }: StageInit): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-storm-'))
  const stopping = new AbortController()
  const relays: RelayProcess[] = []
  const crews = new Map<string, Worker>()
  const crowds: Worker[] = []
  const rested = new Map<string, PromiseWithResolvers<void>>()
  const places = await findPlaces(folder)
  for (const [index, { address: _, ...place }] of places.entries()) {
    // All peers of a storm share one address.
    const fellows = places.toSpliced(index, 1).flatMap(({ address }) => ['--peers', address])
    const limits = ['--connections-per-address', '100000', '--registrations-per-address', '100000']
    const flags = [...fellows, ...limits]
    relays.push(
      await startRelay({ ...place, flags, stopping: stopping.signal, onRestart: () => {} }),
    )
  }
  const addresses = relays.map(({ address }) => address)
  const open = (name: string, role: 'node' | 'client', told: (news: News) => void = () => {}) =>
    openWorker({
      name,
      role,
      relays: addresses,
      onNews(news) {
        told(news)
        onNews(news, name)
      },
      onCrash(reason) {
        rested.get(name)?.resolve()
        if (!stopping.signal.aborted) onTrouble(reason)
      },
    })

  return {
    relays,
    workers: () => [...crews.values(), ...crowds],
    async openCrew({ id, nodes }) {
      const worker = await open(id, 'node')
      crews.set(id, worker)
      worker.order({ type: 'birth', nodes })
    },
    killCrew(crewId) {
      crews.get(crewId)?.kill()
      crews.delete(crewId)
    },
    birth(crewId, node) {
      crews.get(crewId)?.order({ type: 'birth', nodes: [node] })
    },
    death(crewId, nodeId, death) {
      crews.get(crewId)?.order({ type: 'death', nodeId, death })
    },
    async openClients({ clients, seed }) {
      const ids = Array.from({ length: clients }, (_, index) => `c${index + 1}`)
      for (let first = 0; first < clients; first += clientsPerCrowd) {
        const name = `crowd${crowds.length + 1}`
        const joined = Promise.withResolvers<void>()
        rested.set(name, Promise.withResolvers())
        const worker = await open(name, 'client', ({ type }) => {
          if (type === 'joined') joined.resolve()
          if (type === 'rested') rested.get(name)?.resolve()
        })
        crowds.push(worker)
        worker.order({ type: 'clients', seed, ids: ids.slice(first, first + clientsPerCrowd) })
        // A crowd that crashed rests.
        await Promise.race([joined.promise, rested.get(name)?.promise])
      }
    },
    ask() {
      for (const crowd of crowds) crowd.order({ type: 'ask' })
    },
    async rest(ms) {
      for (const crowd of crowds) crowd.order({ type: 'rest' })
      const all = Promise.all([...rested.values()].map(({ promise }) => promise))
      const late = new AbortController()
      const limit = wait(ms, undefined, { signal: late.signal }).catch(() => {})
      await Promise.race([all, limit])
      late.abort()
    },
    async close() {
      stopping.abort()
      for (const worker of [...crews.values(), ...crowds]) worker.kill()
      await Promise.all(relays.map((relay) => relay.stop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Relays name each other, so their keys and ports are chosen before the first of them starts. */
async function findPlaces(folder: string) {
  const places: {
    address: string
    host: string
    port: number
    httpPort: number
    keyFile: string
  }[] = []
  let next = firstPort
  for (let index = 0; index < relayCount; index += 1) {
    const port = await freePort(next, host)
    const httpPort = await freePort(port + 1, host)
    const keyFile = join(folder, `relay-${index}.key`)
    const privateKey = createPrivateKey()
    await writeFile(keyFile, `${Buffer.from(privateKey).toString('hex')}\n`, { mode: 0o600 })
    const address = `/ip4/${host}/tcp/${port}/ws/p2p/${peerIdFromPrivateKey(privateKey)}`
    places.push({ address, host, port, httpPort, keyFile })
    next = httpPort + 1
  }
  return places
}

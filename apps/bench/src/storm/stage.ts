/**
 * The processes of a storm: two relays, crews of nodes, crowds of clients.
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { bytesToHex, createPrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import { freePort } from '@weft/weft/free-port'
import { type RelayProcess, startRelay } from '@weft/weft/relay-process'
import type { StormOptions } from './options.ts'
import { type Crew, type NodePlan, type OwnDeath, relayCount, type StormPlan } from './plan.ts'
import type { Town } from './town.ts'
import type { News } from './worker-messages.ts'
import { openWorker, type Worker, type WorkerInit } from './workers.ts'

export type Stage = {
  relays: RelayProcess[]
  /** Of all that runs now. */
  workers(): Worker[]
  openCrew(crew: Crew): Promise<void>
  killCrew(crewId: string): void
  birth(crewId: string, node: NodePlan): void
  death(crewId: string, nodeId: string, death: OwnDeath): void
  /** Resolves when all have joined. */
  openVerifiers(): Promise<void>
  /** Resolves when all have joined. */
  openClients(): Promise<void>
  ask(): void
  /** Asks nothing more. @returns when the last answers have ended, or after `ms` */
  rest(ms: number): Promise<void>
  close(): Promise<void>
}

export type StageInit = {
  options: StormOptions
  plan: StormPlan
  /** Null in a storm without money. */
  town: Town | null
  onNews: (news: News, worker: string) => void
  onTrouble: (message: string) => void
}

const host = '127.0.0.1'
const firstPort = 7570
const clientsPerCrowd = 50

type WorkerRole = WorkerInit['role']

export async function openStage(init: StageInit): Promise<Stage> {
  const { options, plan, town, onNews, onTrouble } = init
  const folder = await mkdtemp(join(tmpdir(), 'weft-storm-'))
  const stopping = new AbortController()
  const relays: RelayProcess[] = []
  const crews = new Map<string, Worker>()
  const crowds: Worker[] = []
  const benches: Worker[] = []
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
  const place = { relays: relays.map(({ address }) => address), court: town?.place ?? null }
  const keyOf = (id: string) => bytesToHex(town?.keys.get(id) ?? createPrivateKey())
  const withKey = (node: NodePlan) => ({ plan: node, key: keyOf(node.id) })
  const open = (name: string, role: WorkerRole, told: (news: News) => void = () => {}) =>
    openWorker({
      name,
      role,
      place,
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
    workers: () => [...crews.values(), ...benches, ...crowds],
    async openCrew({ id, nodes }) {
      const worker = await open(id, 'node')
      crews.set(id, worker)
      worker.order({ type: 'birth', nodes: nodes.map(withKey) })
    },
    killCrew(crewId) {
      crews.get(crewId)?.kill()
      crews.delete(crewId)
    },
    birth(crewId, node) {
      crews.get(crewId)?.order({ type: 'birth', nodes: [withKey(node)] })
    },
    death(crewId, nodeId, death) {
      crews.get(crewId)?.order({ type: 'death', nodeId, death })
    },
    async openVerifiers() {
      if (!town) return
      const joined = Promise.withResolvers<void>()
      const worker = await open('verifiers', 'verifier', ({ type }) => {
        if (type === 'joined') joined.resolve()
      })
      benches.push(worker)
      const verifiers = plan.verifiers.map(({ id, colludes }) => ({ key: keyOf(id), colludes }))
      worker.order({ type: 'verifiers', verifiers, coalition: town.coalition })
      await joined.promise
    },
    async openClients() {
      const { clients } = plan
      const { seed } = options
      const friends = plan.verifiers.flatMap(({ id, colludes }) => {
        const key = colludes && town?.keys.get(id)
        return key ? [peerIdFromPrivateKey(key)] : []
      })
      for (let first = 0; first < clients.length; first += clientsPerCrowd) {
        const name = `crowd${crowds.length + 1}`
        const joined = Promise.withResolvers<void>()
        rested.set(name, Promise.withResolvers())
        const worker = await open(name, 'client', ({ type }) => {
          if (type === 'joined') joined.resolve()
          if (type === 'rested') rested.get(name)?.resolve()
        })
        crowds.push(worker)
        const crowd = clients.slice(first, first + clientsPerCrowd)
        worker.order({ type: 'clients', seed, clients: crowd, friends })
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
      for (const worker of [...crews.values(), ...benches, ...crowds]) worker.kill()
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

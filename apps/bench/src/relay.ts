/**
 * A relay with many nodes: a real process of apps/relay, 1,000 real websocket peers that register and
 * send heartbeats, 10,000 more nodes from another relay, signed each, and queries from outside.
 * @module
 */
import { fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Asker, openAsker, openCrowd } from '@weft/network/testing/crowd'
import {
  bytesToHex,
  createPrivateKey,
  type DirectoryQuery,
  limits,
  peerIdFromPrivateKey,
} from '@weft/protocol'
import { freePort } from '@weft/weft/free-port'
import { type RelayProcess, startRelay } from '@weft/weft/relay-process'
import { modelCidOf, regionOf, signNode } from './relay-nodes.ts'
import { type Bench, type BenchReport, rounded } from './report.ts'

const peers = 1_000
const simulated = 10_000
const queries = 1_000
/** Over all askers, as 50 people who look for a node each second would. */
const queriesPerSecond = 50
const askers = 10
const host = '127.0.0.1'
const peersMain = fileURLToPath(new URL('relay-peers.ts', import.meta.url))
/** For what takes seconds on a machine that does nothing else. */
const patienceMs = 240_000

export const relay: Bench = {
  describe: 'a relay with 10,000 registrations of another one and 1,000 peers of its own',
  goals: { queryP99Ms: '<= 20', rssMb: '<= 512' },
  async run(): Promise<BenchReport> {
    const folder = await mkdtemp(join(tmpdir(), 'weft-bench-'))
    const closers: (() => unknown)[] = [() => rm(folder, { recursive: true })]
    try {
      const stage = await openStage(folder, closers)
      const syncMs = await takeCrowd(stage, closers)
      const joinMs = await takePeers(stage, closers)
      const asking = await Promise.all(
        Array.from({ length: askers }, async () => {
          const asker = await openAsker(stage.process.address)
          closers.push(() => asker.stop())
          return asker
        }),
      )
      const { latencies, answered } = await askAll(asking)
      const status = await readFile(`/proc/${stage.process.pid()}/status`, 'utf8')
      const at = (share: number) => rounded(latencies[Math.floor(share * latencies.length)] ?? 0)
      return {
        name: 'relay',
        metrics: {
          peers,
          queryP99Ms: at(0.99),
          rssMb: rounded(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024),
          joinPerSecond: rounded(peers / (joinMs / 1000)),
          queryP50Ms: at(0.5),
          queries: latencies.length,
          offersPerAnswer: rounded(answered / latencies.length),
          simulated,
          syncMs: rounded(syncMs),
          rssPeakMb: rounded(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024),
        },
        notes: [
          'simulated: registrations that another relay tells over gossipsub and page by page; the relay checks every signature. syncMs: until it has.',
          'query: from the request in a process outside to its decoded answer, while all peers send heartbeats.',
          'joinPerSecond: dial, handshake and registration of the peers, whose own half runs on the same machine.',
        ],
      }
    } finally {
      for (const close of closers.reverse()) await close()
    }
  },
}

type Stage = {
  process: RelayProcess
  crowdKey: Uint8Array
  crowdPort: number
}
type Closers = (() => unknown)[]

async function openStage(folder: string, closers: Closers): Promise<Stage> {
  const keyFile = join(folder, 'relay.key')
  await writeFile(keyFile, `${bytesToHex(createPrivateKey())}\n`, { mode: 0o600 })
  const port = await freePort(7670, host)
  const httpPort = await freePort(port + 1, host)
  const crowdPort = await freePort(httpPort + 1, host)
  const crowdKey = createPrivateKey()
  const process = await startRelay({
    host,
    port,
    httpPort,
    keyFile,
    flags: ['--peers', `/ip4/${host}/tcp/${crowdPort}/ws/p2p/${peerIdFromPrivateKey(crowdKey)}`],
    stopping: new AbortController().signal,
    onRestart: (code) => console.error(`The relay ended with code ${code}.`),
  })
  closers.push(() => process.stop())
  return { process, crowdKey, crowdPort }
}

/** @returns milliseconds until the relay knows all nodes of the other one */
async function takeCrowd({ process, crowdKey, crowdPort }: Stage, closers: Closers) {
  const own = `/ip4/${host}/tcp/${crowdPort}/ws/p2p/${peerIdFromPrivateKey(crowdKey)}`
  const registrations = Array.from({ length: simulated }, (_, index) => signNode(index, own))
  const startedMs = performance.now()
  const crowd = await openCrowd({
    privateKey: crowdKey,
    host,
    port: crowdPort,
    fellow: process.address,
    registrations,
  })
  closers.push(() => crowd.stop())
  await untilKnown(process, simulated)
  return performance.now() - startedMs
}

/** @returns milliseconds until all peers are registered */
async function takePeers({ process }: Stage, closers: Closers): Promise<number> {
  const startedMs = performance.now()
  const child = fork(peersMain, [process.address, String(peers)])
  closers.push(() => child.kill('SIGKILL'))
  await untilKnown(process, simulated + peers)
  return performance.now() - startedMs
}

async function untilKnown({ http }: RelayProcess, count: number): Promise<void> {
  const endMs = performance.now() + patienceMs
  for (;;) {
    const { known } = (await (await fetch(`${http}/health`)).json()) as { known: number }
    if (known >= count) return
    if (performance.now() > endMs) throw new Error(`The relay knows ${known} nodes of ${count}.`)
    await wait(100)
  }
}

/** @returns milliseconds of each query, the shortest first, and offers in all answers together */
async function askAll(asking: readonly Asker[]) {
  const latencies: number[] = []
  let answered = 0
  const running: Promise<void>[] = []
  for (let index = 0; index < queries; index += 1) {
    const asker = asking[index % asking.length]
    const ask = async () => {
      const startedMs = performance.now()
      const offers = await asker?.ask(queryOf(index))
      latencies.push(performance.now() - startedMs)
      answered += offers?.length ?? 0
    }
    running.push(ask())
    await wait(1000 / queriesPerSecond)
  }
  await Promise.all(running)
  return { latencies: latencies.sort((a, b) => a - b), answered }
}

/** A model, at times any, often at a price, from all regions. */
function queryOf(index: number): DirectoryQuery {
  const price = { inputWeiPerMillion: 3n, outputWeiPerMillion: 5n }
  return {
    type: 'query',
    role: index % 10 === 0 ? 'stores' : 'models',
    modelCid: index % 7 === 0 ? null : modelCidOf(index),
    maxPrice: index % 3 === 0 ? price : null,
    region: regionOf(index),
    isFree: index % 2 === 0,
    limit: limits.maxOffers,
  }
}

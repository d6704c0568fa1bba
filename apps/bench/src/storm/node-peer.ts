/**
 * A node of the storm: a real peer, behind lines that can be cut where its end needs them, serving the light model by the real
 * half of the road, honestly or not.
 * @module
 */
import type { IncomingJob, Network } from '@weft/network'
import { createNodeNetwork, type NodeNetworkInit } from '@weft/network/testing'
import {
  type EngineInfo,
  freePrice,
  type Manifest,
  manifestCid,
  type PrivateKey,
} from '@weft/protocol'
import { createNodeMemory, serve } from '@weft/sdk/testing'
import { goToCourt, type StormPlace } from './court-place.ts'
import { boast, lyingJob } from './lies.ts'
import { createLightEngine, type LightEngine } from './light-engine.ts'
import { type Line, openLine } from './line.ts'
import type { NodePlan, OwnDeath } from './plan.ts'

export type NodePeer = {
  peerId: string
  connections(): number
  /** Frees what is left of it after a while, so that others notice by themselves. */
  die(death: OwnDeath): Promise<void>
}

const engineInfo: EngineInfo = { runtime: 'light', backend: 'node-cpu', device: 'none' }
const inferProtocol = '/weft/infer/1'
/** Longer than anybody takes to notice that a node is gone. */
const burialMs = 15_000
const dyingByLine: readonly (OwnDeath | null)[] = ['cut', 'silent', 'torn']

export type NodePeerInit = {
  plan: NodePlan
  privateKey: PrivateKey
  manifest: Manifest
  place: StormPlace
}

export async function openNodePeer(init: NodePeerInit): Promise<NodePeer> {
  const { plan, privateKey, manifest, place } = init
  const { relays } = place
  const { tokensPerSecond, maxJobs, lie, colludes: invents } = plan
  const lines: Line[] = []
  const { network, libp2p } = await createNodeNetwork({
    ...(dyingByLine.includes(plan.death) ? await behindLines(relays, lines) : { relays }),
    privateKey,
  })
  // It answers for what it signed, and calls the larger panel when it is accused, rightly or not.
  const memory = createNodeMemory()
  const court = await goToCourt(place.court, { network, privateKey, memory, manifest })
  const announced = tokensPerSecond * (lie === 'boasts' ? boast : 1)
  const modelCid = manifestCid(manifest)
  const announcement = network.announce({
    models: [{ modelCid, price: freePrice, engine: engineInfo, tokensPerSecond: announced }],
    maxJobs,
  })
  const engine = stoppable(createLightEngine({ tokensPerSecond, invents }))
  const stopServing = serve({
    network: lie ? lying(network, (job) => lyingJob(job, lie, privateKey)) : network,
    engine,
    privateKey,
    manifest,
    engineInfo,
    charge: null,
    maxJobs,
    onEvent(event) {
      if (event.type !== 'queue-change') return
      announcement.setActiveJobs(lie ? 0 : event.running + event.waiting)
    },
  })
  if (lie === 'broken-frames') {
    await libp2p.unhandle(inferProtocol)
    await libp2p.handle(inferProtocol, (stream) => {
      stream.send(crypto.getRandomValues(new Uint8Array(200)))
    })
  }
  const leave = async () => {
    await Promise.allSettled([stopServing(), announcement.stop(), court?.close()])
    await network.stop()
  }
  const lose: Record<OwnDeath, () => void> = {
    cut: () => forAll(lines, (line) => line.cut()),
    silent: () => forAll(lines, (line) => line.silence()),
    torn: () => forAll(lines, (line) => line.tear()),
    stuck: engine.stop,
    leaves: () => {},
  }
  return {
    peerId: network.peerId,
    connections: () => libp2p.getConnections().length,
    async die(death) {
      lose[death]()
      if (death !== 'leaves') await new Promise((resolve) => setTimeout(resolve, burialMs))
      engine.go()
      await leave()
      forAll(lines, (line) => line.cut())
    },
  }
}

/** Between the node and whoever reaches it, and between it and its relays. Costs as much as the node. */
async function behindLines(relays: readonly string[], lines: Line[]): Promise<NodeNetworkInit> {
  const own = await openLine()
  lines.push(own)
  const lined = relays.map(async (address) => {
    const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
    const line = await openLine(port)
    lines.push(line)
    return address.replace(/\/tcp\/\d+/, `/tcp/${line.port}`)
  })
  return {
    relays: await Promise.all(lined),
    announcedPort(listening) {
      own.leadTo(listening)
      return own.port
    },
  }
}

function forAll(lines: readonly Line[], change: (line: Line) => void): void {
  for (const line of lines) change(line)
}

function lying(
  network: Network,
  change: (job: IncomingJob) => IncomingJob,
): Pick<Network, 'handleJobs'> {
  return { handleJobs: (handler) => network.handleJobs((job) => handler(change(job))) }
}

/** An engine that can be made to say nothing more, as one that waits for its device for ever. */
function stoppable(engine: LightEngine): LightEngine & { stop(): void; go(): void } {
  let gate: PromiseWithResolvers<void> | undefined
  return {
    measurePrompt: engine.measurePrompt,
    async *generate(init, options) {
      for await (const part of engine.generate(init, options)) {
        await gate?.promise
        yield part
      }
    },
    stop() {
      gate = Promise.withResolvers()
    },
    go: () => gate?.resolve(),
  }
}

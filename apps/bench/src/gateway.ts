/**
 * What the gateway adds to an answer, each asked by HTTP and, paired with it, of the client that the gateway asks;
 * and how many streams one process holds, over real peers that say a light model's words at a set speed.
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises'
import { openGatewayStage, startGateway } from '@weft/gateway/testing'
import { createRelay } from '@weft/network/relay'
import { createNodeNetwork } from '@weft/network/testing'
import { createPrivateKey, freePrice, manifestCid } from '@weft/protocol'
import type { OpenAiDoors } from '@weft/sdk'
import { createNodeMemory, serve } from '@weft/sdk/testing'
import { openDoors } from '@weft/sdk/testing/api-road'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { createLightEngine } from './storm/light-engine.ts'
import { promptFor, readLightManifest } from './storm/light-model.ts'

const leastRuns = 20
const warmUps = 4
const streams = 500
/** A node takes four jobs of one key at a time, so a gateway for so many has several keys. */
const keys = 5
const jobsPerNode = 16
const nodes = 50
/** From one stream to the next: a node that is asked by all at once is full before it could say so. */
const rampMs = 10
const words = 45
const tokensPerSecond = 1
const openPolicy = { anonymous: { requestsPerMinute: 100_000 }, keepReceiptsMs: 0 }

export const gateway: Bench = {
  describe: 'what the gateway adds to a first token, and how many streams one process holds',
  goals: { ttftOverheadMs: '<= 30', concurrentStreams: String(streams), errors: '0' },
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const overhead = await measureOverhead(Math.max(runs, leastRuns))
    const held = await holdStreams()
    return {
      name: 'gateway',
      metrics: { ...overhead, ...held },
      notes: [
        `Overhead: Bobbin on the CPU over a real road, client, gateway and node in one process. Streams: ${nodes} peers with real connections, ${words} tokens each at ${tokensPerSecond} a second, asked by ${keys} keys, since a node takes four jobs of one key at a time; those that are not answering yet wait in a node's queue. Clients, gateway and nodes share the process, so a gateway alone has more room.`,
      ],
    }
  },
}

async function measureOverhead(runs: number) {
  const stage = await openGatewayStage()
  try {
    const { baseURL } = await stage.start(openPolicy)
    const body = {
      model: stage.model,
      max_tokens: 8,
      messages: [{ role: 'user' as const, content: 'Tell me a story about a fox and a lantern.' }],
      stream: true as const,
    }
    const byHttp = async () => {
      const startedMs = performance.now()
      const events = readEvents(await ask(baseURL, body))
      for await (const { text } of events) if (text) return performance.now() - startedMs
      throw new Error('Nothing came.')
    }
    const direct = async () => {
      const startedMs = performance.now()
      for await (const chunk of await stage.road.api.chat.completions.create(body)) {
        if (chunk.choices[0]?.delta.content) return performance.now() - startedMs
      }
      throw new Error('Nothing came.')
    }
    for (let warmUp = 0; warmUp < warmUps; warmUp += 1) await [byHttp, direct][warmUp % 2]?.()
    const pairs: { http: number; direct: number }[] = []
    for (let run = 0; run < runs; run += 1) {
      const first = run % 2 === 0 ? await byHttp() : undefined
      const own = await direct()
      pairs.push({ http: first ?? (await byHttp()), direct: own })
    }
    return {
      ttftOverheadMs: rounded(median(pairs.map(({ http, direct }) => http - direct))),
      ttftGatewayMs: rounded(median(pairs.map(({ http }) => http))),
      ttftDirectMs: rounded(median(pairs.map(({ direct }) => direct))),
      pairs: pairs.length,
    }
  } finally {
    await stage.close()
  }
}

async function holdStreams() {
  const manifest = await readLightManifest()
  const modelCid = manifestCid(manifest)
  const relay = await createRelay({
    privateKey: createPrivateKey(),
    host: '127.0.0.1',
    port: 0,
    connectionsPerAddress: 2 * nodes,
    freeRegistrationsPerAddress: 2 * nodes,
  })
  const peers = await Promise.all(Array.from({ length: nodes }, () => openNode(relay.addresses())))
  const clients = await Promise.all(
    Array.from({ length: keys }, async () => {
      const { network } = await createNodeNetwork({ relays: relay.addresses() })
      const components = {
        peerId: network.peerId,
        network,
        memory: createNodeMemory(),
        manifestOf: () => manifest,
        localEngine: () => Promise.reject(new Error('Nothing runs here.')),
      }
      return { network, doors: openDoors(components, manifest) }
    }),
  )
  const server = await startGateway(openPolicy, {
    upstream: inTurn(clients.map(({ doors }) => doors)),
  })
  const open = { streams: 0, answering: 0 }
  const most = { ...open }
  const count = (what: keyof typeof open, change: number) => {
    open[what] += change
    most[what] = Math.max(most[what], open[what])
  }
  let errors = 0
  const body = {
    model: manifest.id,
    max_tokens: words,
    temperature: 0,
    messages: promptFor(words),
    stream: true,
  }
  const hold = async () => {
    try {
      let isAnswering = false
      let isDone = false
      const response = await ask(server.baseURL, body)
      count('streams', 1)
      for await (const { text, isEnd } of readEvents(response)) {
        isDone = isEnd
        if (!text || isAnswering) continue
        isAnswering = true
        count('answering', 1)
      }
      count('streams', -1)
      if (isAnswering) count('answering', -1)
      if (!isDone) errors += 1
    } catch {
      errors += 1
    }
  }
  try {
    for (const { network } of clients) {
      const offered = () => network.findOffers({ role: 'models', modelCid })
      while ((await offered()).length < nodes) await wait(50)
    }
    const holding = Array.from({ length: streams }, async (_, index) => {
      await wait(index * rampMs)
      await hold()
    })
    await Promise.all(holding)
    return { concurrentStreams: most.streams, answeringStreams: most.answering, errors }
  } finally {
    await server.stop()
    await Promise.all(clients.map(({ network }) => network.stop()))
    await Promise.all(peers.map((peer) => peer.stop()))
    await relay.stop()
  }
}

/** A gateway that has several keys asks by one after the other. */
function inTurn(doors: readonly OpenAiDoors[]): OpenAiDoors {
  const [first] = doors
  if (!first) throw new Error('There is no key.')
  let turn = 0
  return {
    ...first,
    get chat() {
      turn += 1
      return (doors[turn % doors.length] ?? first).chat
    },
  }
}

async function openNode(relays: string[]) {
  const { network, privateKey } = await createNodeNetwork({ relays })
  const manifest = await readLightManifest()
  const engine = { runtime: 'light', backend: 'node-cpu', device: 'none' } as const
  const maxJobs = jobsPerNode
  const announcement = network.announce({
    models: [{ modelCid: manifestCid(manifest), price: freePrice, engine, tokensPerSecond }],
    maxJobs,
  })
  const stopServing = serve({
    network,
    engine: createLightEngine({ tokensPerSecond }),
    privateKey,
    manifest,
    engineInfo: engine,
    charge: null,
    maxJobs,
    onEvent: (event) => {
      if (event.type === 'queue-change') announcement.setActiveJobs(event.running + event.waiting)
    },
  })
  return {
    async stop() {
      await stopServing()
      await announcement.stop()
      await network.stop()
    },
  }
}

async function ask(baseURL: string, body: object): Promise<Response> {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.ok) return response
  throw new Error(`${response.status} ${await response.text()}`)
}

/** The text of each event, and whether it is the last one. */
async function* readEvents({ body }: Response): AsyncGenerator<{ text: string; isEnd: boolean }> {
  let rest = ''
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = `${rest}${part}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const data = line.startsWith('data: ') ? line.slice('data: '.length) : ''
      if (data === '[DONE]') yield { text: '', isEnd: true }
      else if (data) {
        yield { text: JSON.parse(data).choices?.[0]?.delta?.content ?? '', isEnd: false }
      }
    }
  }
}

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
import { createLightEngine, type LightEngine } from './storm/light-engine.ts'
import { promptFor, readLightManifest } from './storm/light-model.ts'

const leastRuns = 20
const warmUps = 4
const streams = 500
/** A node takes four jobs of one key at a time, so a gateway for so many has several keys. */
const keys = 5
const jobsPerNode = 16
const nodes = 50
/** From one stream to the next: a node that is asked by all at once is full before it could say so. */
const rampMs = 40
/** More than any of them gets to say: they go on until all are there. */
const words = 1_000
const tokensPerSecond = 1
/** For all to be open; then it counts however many there are. */
const openMs = 240_000
/** From then on they are held. */
const holdMs = 10_000
/** For the relay, which shares the process with all others. */
const relayMs = 60_000
const openPolicy = { anonymous: { requestsPerMinute: 100_000 }, keepReceiptsMs: 0 }

export const gateway: Bench = {
  describe: 'what the gateway adds to a first token, and how many streams one process holds',
  goals: { ttftOverheadMs: '<= 30', concurrentStreams: String(streams), errors: '0' },
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const overhead = await measureOverhead(Math.max(runs, leastRuns))
    const { reasons, ...held } = await holdStreams()
    return {
      name: 'gateway',
      metrics: { ...overhead, ...held },
      notes: [
        `Overhead: Bobbin on the CPU over a real road, client, gateway and node in one process. Streams: ${nodes} peers with real connections, each stream at ${tokensPerSecond} token a second until all ${streams} are open and ${holdMs / 1000} s more, then to its end; concurrentStreams are open at that moment, answeringStreams of them have said something, the others wait in a node's queue; asked by ${keys} keys, since a node takes four jobs of one key at a time. Clients, gateway and nodes share the process, so a gateway alone has more room.`,
        ...reasons,
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
  const enough = new AbortController()
  const engine = heldUntil(enough.signal)
  const peers: Awaited<ReturnType<typeof openNode>>[] = []
  // One after the other: all in this process, and a relay that is kept waiting is taken for lost.
  while (peers.length < nodes) {
    peers.push(await openNode(relay.addresses(), engine))
    await until(() => relay.counts().registered === peers.length)
  }
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
  let open = 0
  let answering = 0
  const allOpen = Promise.withResolvers<void>()
  const failures = new Map<string, number>()
  const fail = (reason: string) => failures.set(reason, (failures.get(reason) ?? 0) + 1)
  let asked = 0
  /** There are no more to wait for. */
  const decide = () => {
    asked += 1
    if (asked === streams) allOpen.resolve()
  }
  const body = {
    model: manifest.id,
    max_tokens: words,
    temperature: 0,
    messages: promptFor(words),
    stream: true,
  }
  const hold = async () => {
    let isOpen = false
    let isAnswering = false
    let isDone = false
    try {
      const response = await ask(server.baseURL, body).finally(decide)
      isOpen = true
      open += 1
      for await (const { text, isEnd } of readEvents(response)) {
        isDone = isEnd
        if (!text || isAnswering) continue
        isAnswering = true
        answering += 1
      }
      if (!isDone) fail('It ended without [DONE].')
    } catch (error) {
      fail(String(error))
    }
    if (isOpen) open -= 1
    if (isAnswering) answering -= 1
  }
  try {
    for (const { network } of clients) {
      const offered = () => network.findOffers({ role: 'models', modelCid }).catch(() => [])
      await until(async () => (await offered()).length === nodes)
    }
    const holding = Array.from({ length: streams }, async (_, index) => {
      await wait(index * rampMs)
      await hold()
    })
    const startedMs = performance.now()
    await Promise.race([allOpen.promise, wait(openMs, undefined, { ref: false })])
    const untilAllMs = rounded(performance.now() - startedMs)
    await wait(holdMs)
    const held = { concurrentStreams: open, answeringStreams: answering }
    enough.abort()
    await Promise.all(holding)
    const counts = [...failures.values()]
    return {
      ...held,
      untilAllMs,
      errors: counts.reduce((sum, count) => sum + count, 0),
      reasons: [...failures].map(([reason, count]) => `${count} times: ${reason}`),
    }
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

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + relayMs
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error('The relay does not know all nodes.')
    await wait(20)
  }
}

/** Says a word a second, and ends behind one of them when there are enough. */
function heldUntil(enough: AbortSignal): LightEngine {
  const light = createLightEngine({ tokensPerSecond })
  return {
    measurePrompt: light.measurePrompt,
    async *generate(request, options) {
      for await (const part of light.generate(request, options)) {
        yield part
        // Not inside a character, whose text comes with its other half.
        if (!enough.aborted || part.type !== 'delta' || part.text === '') continue
        const outputTokens = part.index + part.tokens.length - request.answered.length
        yield { type: 'end', finishReason: 'stop', outputTokens, decodeMs: 0 }
        return
      }
    },
  }
}

async function openNode(relays: string[], lightEngine: LightEngine) {
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
    engine: lightEngine,
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
        const { error, choices } = JSON.parse(data)
        if (error) throw new Error(error.message)
        yield { text: choices?.[0]?.delta?.content ?? '', isEnd: false }
      }
    }
  }
}

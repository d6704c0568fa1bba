import { WeftError } from '@weft/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import type { Engine, LoadInit } from '../engine.ts'
import { type EndlessEngine, endlessEngine } from '../testing/endless-engine.ts'
import { readBobbin } from '../testing/node-model.ts'
import { story } from '../testing/reference-runs.ts'
import { type Connection, createConnection } from './connection.ts'
import { callsOver } from './engine-over.ts'
import type { Host } from './host-calls.ts'
import { hostEngine } from './host-engine.ts'
import type { Port } from './port-calls.ts'

const { manifest } = readBobbin()
const code = (value: string) => expect.objectContaining({ code: value })
const files = (): Map<string, Uint8Array> => new Map([['a', new Uint8Array(3)]])

type Ends = { page: Port; host: Port; close: () => void }

/** The ports that engines are reached through besides a worker; both copy as structured clones. */
const pairs: Record<string, () => Ends> = {
  MessagePort() {
    const { port1, port2 } = new MessageChannel()
    return { page: port1, host: port2, close: () => port1.close() }
  },
  BroadcastChannel() {
    const page = new BroadcastChannel('weft-test')
    const host = new BroadcastChannel('weft-test')
    return {
      page,
      host,
      close() {
        page.close()
        host.close()
      },
    }
  },
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

type Opened = { connection: Connection; inner: EndlessEngine; host: Host } & Pick<
  Engine,
  'score' | 'embed'
> &
  Pick<Engine, 'measure' | 'memory' | 'generate'>

function open(pair: () => Ends): Opened {
  const { page, host: hostPort, close } = pair()
  const inner = endlessEngine()
  const host = hostEngine({
    createEngine: () => inner,
    port: { postMessage: (message, transfer) => hostPort.postMessage(message as never, transfer) },
  })
  hostPort.onmessage = ({ data }) => host.receive(data)
  const connection = createConnection(page, () => {})
  closers.push(() => {
    host.end()
    close()
  })
  return { connection, inner, host, ...callsOver(() => connection) }
}

async function loaded(pair: () => Ends, openFiles: LoadInit['openFiles'] = async () => files()) {
  const opened = open(pair)
  const input = { manifest, backend: 'wasm', threads: null, split: null } as const
  await opened.connection.call('load', input, { openFiles })
  return opened
}

describe.each(Object.entries(pairs))('over a %s', (_, pair) => {
  test('scores, embeddings and the memory report arrive whole', async () => {
    const { inner, ...engine } = await loaded(pair)
    const claim = { sampling: story.sampling, seed: story.seed, ended: false }
    const asked = { ...story, answer: [5, 6], claim }
    const options = { topK: 2, hiddenStates: true }
    expect(await engine.score([asked, asked], options)).toEqual(
      await inner.score([asked, asked], options),
    )
    const [plain] = await engine.score([{ ...asked, claim: null }], {
      topK: 1,
      hiddenStates: false,
    })
    expect(plain).toMatchObject({ hiddenStates: null, choices: null })
    const embedded = await engine.embed({ texts: ['a', 'four'], pooling: null, normalize: true })
    expect(embedded).toEqual({
      vectors: [Float32Array.of(1), Float32Array.of(4)],
      inputTokens: 2,
    })
    expect(await engine.memory()).toMatchObject({ runningJobs: 0, maxPrefixBytes: 3 })
  })

  const wait = [{ role: 'user', content: 'wait' }] as const
  const lasting: Record<string, (engine: Opened, signal: AbortSignal) => Promise<unknown>> = {
    measure: (engine, signal) => engine.measure({ signal }),
    embed: (engine, signal) =>
      engine.embed({ texts: ['wait'], pooling: null, normalize: true }, { signal }),
    score: (engine, signal) =>
      engine.score([{ ...story, messages: wait, answer: [1], claim: null }], {
        ...{ topK: 1, hiddenStates: false },
        signal,
      }),
  }

  test.each(Object.entries(lasting))('%s is cancelled on the other side too', async (_, start) => {
    const opened = await loaded(pair)
    const { inner, memory } = opened
    const controller = new AbortController()
    const work = start(opened, controller.signal)
    while ((await memory()).runningJobs === 0);
    controller.abort()
    await expect(work).rejects.toThrow(code('protocol/cancelled'))
    // Messages keep their order: the report is made behind the cancel.
    await memory()
    expect(inner.waiting()).toBe(0)
    await expect(start(opened, controller.signal)).rejects.toThrow(code('protocol/cancelled'))
  })

  test('the files are asked for again when the engine starts again', async () => {
    let asked = 0
    const { inner } = await loaded(pair, async () => {
      asked += 1
      return files()
    })
    expect(await inner.reopen()).toEqual({ a: 3 })
    expect(asked).toBe(2)
  })

  test('what keeps the files from being opened is what the load says', async () => {
    const broken = new WeftError('storage/offline', 'No connection.', { facts: ['File: a'] })
    const failing = loaded(pair, async () => {
      throw broken
    })
    const { code, message, facts } = broken
    await expect(failing).rejects.toMatchObject({ code, message, facts })
  })

  test('a cancelled load ends the download and the wait for it', async () => {
    const { connection, inner, memory } = open(pair)
    const controller = new AbortController()
    let download: AbortSignal | undefined
    const input = { manifest, backend: 'wasm', threads: null, split: null } as const
    const loading = connection.call('load', input, {
      signal: controller.signal,
      openFiles: ({ signal }) => {
        download = signal
        controller.abort()
        return new Promise(() => {})
      },
    })
    await expect(loading).rejects.toThrow(code('protocol/cancelled'))
    expect(download?.aborted).toBe(true)
    await memory()
    await expect(inner.reopen()).rejects.toThrow(code('protocol/cancelled'))
  })

  test('a host whose asking side is gone stops its answers and calls', async () => {
    const { inner, host, generate, embed } = await loaded(pair)
    const parts = generate(story)[Symbol.asyncIterator]()
    await parts.next()
    embed({ texts: ['wait'], pooling: null, normalize: true }).catch(() => {})
    while (inner.waiting() === 0) await new Promise((resolve) => setTimeout(resolve, 0))
    host.end()
    while (!inner.isFreed()) await new Promise((resolve) => setTimeout(resolve, 0))
    expect(inner.waiting()).toBe(0)
  })

  test('an end reaches calls, answers and whoever comes later', async () => {
    const { connection, generate, embed } = await loaded(pair)
    const parts = generate(story)[Symbol.asyncIterator]()
    await parts.next()
    const embedding = embed({ texts: ['wait'], pooling: null, normalize: true })
    const gone = new WeftError('engine/crashed', 'Gone.')
    connection.end(gone)
    await expect(embedding).rejects.toBe(gone)
    await expect(connection.call('memory', {})).rejects.toBe(gone)
    await expect(
      (async () => {
        for (;;) await parts.next()
      })(),
    ).rejects.toBe(gone)
  })
})

test('the buffers of a result move instead of being copied', async () => {
  const inner = endlessEngine()
  let vector: Float32Array | undefined
  const answered = Promise.withResolvers<void>()
  const host = hostEngine({
    createEngine: () => ({
      ...inner,
      async embed(init) {
        const embeddings = await inner.embed(init)
        vector = embeddings.vectors[0]
        return embeddings
      },
    }),
    port: {
      postMessage(message, transfer) {
        structuredClone(message, { transfer })
        if (message.type === 'open-files') host.receive({ type: 'files', id: 1, in: [] })
        else if (message.type === 'done' && message.id === 2) answered.resolve()
      },
    },
  })
  host.receive({
    type: 'load',
    id: 1,
    in: { manifest, backend: 'wasm', threads: null, split: null },
  })
  await new Promise((resolve) => setTimeout(resolve, 0))
  host.receive({ type: 'embed', id: 2, in: { texts: ['a', 'b'], pooling: null, normalize: false } })
  await answered.promise
  expect(vector?.length).toBe(0)
})

import fc from 'fast-check'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { nodeCpu } from '../testing/node-model.ts'
import { adder, adderGraph, echoGraph, rows } from '../testing/small-graphs.ts'
import { watchRuns } from '../testing/watch-runs.ts'
import type { WorkerLike } from '../worker/port-calls.ts'
import type { Graph, OpenGraphInit } from './graph.ts'
import { hostGraph } from './host-graph.ts'
import { openLocalGraph } from './local-graph.ts'
import type { Dtype, GraphSchema, GraphTensor } from './schema.ts'
import { tensor } from './schema.ts'
import { openWorkerGraph } from './worker-graph.ts'

const code = (value: string) => expect.objectContaining({ code: value })
const openRuntime = async () => nodeCpu

const graphs: Graph<never>[] = []
afterEach(async () => {
  for (const graph of graphs.splice(0)) await graph.close()
})

/** A worker's two sides in this thread, with a real port between them. */
function startThread(): WorkerLike {
  const { port1, port2 } = new MessageChannel()
  const host = hostGraph({
    openRuntime: () => openRuntime,
    port: { postMessage: (message, transfer) => port2.postMessage(message, transfer) },
  })
  port2.onmessage = ({ data }) => host.receive(data)
  return Object.assign(port1, {
    onerror: null,
    terminate() {
      host.end()
      port1.close()
    },
  }) as WorkerLike
}

type Open = <Schema extends GraphSchema>(init: OpenGraphInit<Schema>) => Promise<Graph<Schema>>

const doors: Record<string, Open> = {
  'in this thread': (init) => openLocalGraph({ ...init, openRuntime }),
  'across a worker': (init) => openWorkerGraph({ ...init, startWorker: startThread }),
}

describe.each(Object.entries(doors))('a graph %s', (_, door) => {
  async function open<Schema extends GraphSchema>(graph: Uint8Array, schema?: Schema) {
    const opened = await door({ graph, backend: 'wasm', ...(schema ? { schema } : {}) })
    graphs.push(opened as Graph<never>)
    return opened as Graph<Schema>
  }
  const openAdder = () => open(adderGraph(), adder)

  // float16 is tested in Chromium: onnxruntime-node 1.30.0 cannot read the Float16Array of Node 24.
  test('values of every dtype come back as they went', async () => {
    const values: Partial<Record<Dtype, GraphTensor['data']>> = {
      float32: Float32Array.of(1.5, -0, Number.POSITIVE_INFINITY),
      float64: Float64Array.of(Math.PI, 1e300),
      int8: Int8Array.of(-128, 127),
      uint8: Uint8Array.of(0, 255),
      int16: Int16Array.of(-32768),
      uint16: Uint16Array.of(65535),
      int32: Int32Array.of(-(2 ** 31)),
      uint32: Uint32Array.of(2 ** 32 - 1),
      int64: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n),
      uint64: BigUint64Array.of(2n ** 64n - 1n),
      bool: Uint8Array.of(1, 0),
      string: ['', 'tea ☕'],
    }
    const dtypes = Object.keys(values) as Dtype[]
    const graph = await open(echoGraph(dtypes))
    const feeds = Object.entries(values).map(([dtype, data]) => [
      `in_${dtype}`,
      { dtype, dims: [data.length], data },
    ])
    const fetched = await graph.run(Object.fromEntries(feeds))
    for (const dtype of dtypes) {
      const data = values[dtype]
      expect(fetched[`out_${dtype}`]).toEqual({ dtype, dims: [data?.length], data })
    }
    expect(graph.engine.backend).toBe('node-cpu')
    expect(graph.inputs.in_int64).toEqual({ dtype: 'int64', dims: ['n'] })
  })

  test('the state goes from run to run, and starts anew where it is fed', async () => {
    const graph = await openAdder()
    const first = await graph.run({ x: rows(1, 2), before: rows(10, 20) })
    expect(first).toEqual({ twice: rows(22, 44) })
    expect(await graph.run({ x: rows(1, 2) })).toEqual({ twice: rows(24, 48) })
    const both = await graph.run({ x: rows(1, 1) }, { fetches: ['sum', 'twice'] })
    expect(both).toEqual({ sum: rows(13, 25), twice: rows(26, 50) })
    expect(await graph.run({ x: rows(5, 5) }, { keep: [] })).toEqual({ twice: rows(36, 60) })
    expect(await graph.run({ x: rows(0, 0) })).toEqual({ twice: rows(26, 50) })
    const anew = await graph.run({ x: rows(1, 1, 2, 2), before: rows(0, 0, 0, 0) })
    expect(anew.twice).toEqual(rows(2, 2, 4, 4))
  })

  test('many runs at once come out in order', async () => {
    const graph = await openAdder()
    await graph.run({ x: rows(0, 0), before: rows(0, 0) })
    const runs = Array.from({ length: 20 }, () => graph.run({ x: rows(1, 2) }))
    const sums = (await Promise.all(runs)).map(({ twice }) => twice.data[0])
    expect(sums).toEqual(Array.from({ length: 20 }, (_, index) => 2 * (index + 1)))
  })

  test('a cancelled run ends at once and leaves the state', async () => {
    const graph = await openAdder()
    await graph.run({ x: rows(1, 1), before: rows(0, 0) })
    const controller = new AbortController()
    const waiting = graph.run({ x: rows(7, 7) }, { signal: controller.signal })
    controller.abort()
    await expect(waiting).rejects.toThrow(code('protocol/cancelled'))
    const aborted = graph.run({ x: rows(7, 7) }, { signal: AbortSignal.abort() })
    await expect(aborted).rejects.toThrow(code('protocol/cancelled'))
    expect((await graph.run({ x: rows(0, 0) })).twice).toEqual(rows(2, 2))
  })

  const float64 = { dtype: 'float64', dims: [1, 2], data: new Float64Array(2) }
  test.each([
    ['nothing', {}, ['Input: x', 'Expected: float32 [rows, 2]', 'Got: nothing']],
    ['no state yet', { x: rows(1, 2) }, ['Input: before', 'Expected: float32 [rows, 2]']],
    ['another dtype', { x: float64 }, ['Input: x', 'Got: float64 [1, 2]']],
    ['a column too many', { x: { ...rows(1, 2, 3), dims: [1, 3] } }, ['Got: float32 [1, 3]']],
    ['another rank', { x: { ...rows(1, 2), dims: [2] } }, ['Got: float32 [2]']],
    [
      'too few values',
      { x: { ...rows(1, 2), dims: [2, 2] } },
      ['Got: float32 [2, 2] with 2 values instead of 4'],
    ],
    [
      'feeds that disagree',
      { x: rows(1, 2), before: rows(1, 2, 3, 4) },
      ['Input: before', 'Got: float32 [2, 2]', 'rows is 1 in x'],
    ],
    ['a name that it does not have', { y: rows(1, 2) }, ['Input: y', 'Expected: x, before']],
  ])('refuses %s', async (_, feeds, facts) => {
    const graph = await openAdder()
    await expect(graph.run(feeds as never)).rejects.toMatchObject({
      code: 'engine/bad-feeds',
      facts: expect.arrayContaining(facts),
    })
  })

  test('refuses to fetch or keep what it does not have', async () => {
    const graph = await openAdder()
    const feeds = { x: rows(1, 2), before: rows(1, 2) }
    const unknown = graph.run(feeds, { fetches: ['third' as 'sum'] })
    await expect(unknown).rejects.toThrow(code('engine/bad-fetches'))
    await expect(graph.run(feeds, { keep: ['x'] })).rejects.toThrow(code('engine/bad-fetches'))
  })

  const { inputs, outputs } = adder
  test.each<[string, GraphSchema]>([
    ['another dtype', { inputs: { ...inputs, x: tensor('int64', ['rows', 2]) }, outputs }],
    ['another length', { inputs: { ...inputs, x: tensor('float32', ['rows', 3]) }, outputs }],
    ['an output that is not there', { inputs, outputs: { mean: tensor('float32', ['rows']) } }],
    ['an input forgotten', { inputs: { x: inputs.x }, outputs }],
    ['a state that nothing renews', { inputs, outputs, state: { before: 'mean' } }],
  ])('refuses a schema with %s', async (_, schema) => {
    await expect(open(adderGraph(), schema)).rejects.toThrow(code('engine/bad-schema'))
  })

  test('names a damaged graph, and a graph that is closed', async () => {
    await expect(open(adderGraph().slice(0, 60))).rejects.toThrow(code('engine/bad-graph'))
    const graph = await openAdder()
    await graph.close()
    const feeds = { x: rows(1, 2), before: rows(1, 2) }
    await expect(graph.run(feeds)).rejects.toThrow(code('engine/not-loaded'))
  })
})

describe('results that are not handed over', () => {
  /** An adder whose state is [1, 1]; from then on `read` stands before the reading of `twice`. */
  async function openRead(read: () => void) {
    const disposed: string[] = []
    let isOn = false
    const runtime = watchRuns((results) => {
      if (!isOn) return
      isOn = false
      for (const [name, tensor] of Object.entries(results)) {
        const { dispose, getData } = tensor
        tensor.dispose = () => {
          disposed.push(name)
          dispose.call(tensor)
        }
        if (name !== 'twice') continue
        tensor.getData = async () => {
          read()
          return getData.call(tensor)
        }
      }
    })
    const graph = await openLocalGraph({
      graph: adderGraph(),
      backend: 'wasm',
      schema: adder,
      openRuntime: async () => runtime,
    })
    graphs.push(graph as Graph<never>)
    await graph.run({ x: rows(1, 1), before: rows(0, 0) })
    isOn = true
    return { graph, disposed }
  }

  test('because the run was cancelled while they were read are freed, and the state stays', async () => {
    const controller = new AbortController()
    const { graph, disposed } = await openRead(() => controller.abort())
    const cancelled = graph.run({ x: rows(7, 7) }, { signal: controller.signal })
    await expect(cancelled).rejects.toThrow(code('protocol/cancelled'))
    expect((await graph.run({ x: rows(0, 0) })).twice).toEqual(rows(2, 2))
    expect(disposed.toSorted()).toEqual(['sum', 'twice'])
  })

  test('because one cannot be read are freed, and the state stays', async () => {
    const { graph, disposed } = await openRead(() => {
      throw new Error('cannot be read')
    })
    await expect(graph.run({ x: rows(7, 7) })).rejects.toThrow(code('engine/run-failed'))
    expect(disposed.toSorted()).toEqual(['sum', 'twice'])
    expect((await graph.run({ x: rows(0, 0) })).twice).toEqual(rows(2, 2))
  })
})

test('feeds are copied, or moved where that was asked for', async () => {
  const init = { graph: adderGraph(), backend: 'wasm', schema: adder } as const
  const graph = await openWorkerGraph({ ...init, startWorker: startThread })
  graphs.push(graph as Graph<never>)
  const [x, before] = [rows(1, 2), rows(0, 0)]
  await graph.run({ x, before })
  expect(x).toEqual(rows(1, 2))
  expect((await graph.run({ x }, { move: true })).twice).toEqual(rows(4, 8))
  expect(x.data).toHaveLength(0)
})

test('garbage at the border is answered by an error', async () => {
  const answers: { type: string }[] = []
  const host = hostGraph({
    openRuntime: () => openRuntime,
    port: { postMessage: (message) => answers.push(message) },
  })
  const type = fc.constantFrom('open', 'run', 'opened', 'fetched', 'error')
  const almost = fc.record({ type, id: fc.oneof(fc.nat(3), fc.anything()), in: fc.anything() })
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.anything(), almost), async (data) => host.receive(data)),
    { numRuns: 500, seed: 9 },
  )
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(answers.length).toBeGreaterThan(100)
  expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['error']))
})

test('types know the names and the dtypes', () => {
  type Adder = Graph<typeof adder>
  type FirstFeeds = Parameters<Adder['run']>[0]
  expectTypeOf<FirstFeeds['x']['data']>().toEqualTypeOf<Float32Array>()
  expectTypeOf<FirstFeeds['before']>().toEqualTypeOf<FirstFeeds['x'] | undefined>()
  const check = async (graph: Adder) => {
    const fetched = await graph.run({ x: rows(1, 2) })
    expectTypeOf(fetched).toHaveProperty('twice')
    expectTypeOf(fetched).not.toHaveProperty('sum')
    // @ts-expect-error another dtype
    await graph.run({ x: { dtype: 'int64', dims: [1, 2], data: new BigInt64Array(2) } })
    // @ts-expect-error an input that is missing
    await graph.run({})
    // @ts-expect-error an output that is not there
    await graph.run({ x: rows(1, 2) }, { fetches: ['mean'] })
  }
  expectTypeOf(check).returns.resolves.toBeVoid()
})

/**
 * What it costs to have layers computed by another peer: the embedded model whole, in two parts of one
 * process, and in two parts with a real stream between them. All in Node, over loopback websockets: the
 * parts wait for each other, so that sharing two cores costs nothing.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { createLocalEngine, openLocalLayers, partPaths } from '@weft/engine/local'
import { openNodeWasm } from '@weft/engine/testing'
import { createRelay } from '@weft/network/relay'
import { createNodeNetwork } from '@weft/network/testing'
import { createPrivateKey, type Manifest, manifestSchema, parse } from '@weft/protocol'
import { findLayers, serveLayers } from '@weft/sdk/testing'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'

const leastRuns = 9

export const layers: Bench = {
  describe: 'a model over two peers against the same whole, Node and loopback',
  goals: {},
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const stage = await openStage()
    try {
      const { whole, apart, split, emptyStep } = stage
      const tokenMs = { whole: [] as number[], apart: [] as number[], split: [] as number[] }
      const roundTrips: number[] = []
      for (let run = 0; run < Math.max(runs, leastRuns); run += 1) {
        tokenMs.whole.push(await whole())
        tokenMs.apart.push(await apart())
        tokenMs.split.push(await split())
        for (let trip = 0; trip < 20; trip += 1) roundTrips.push(await emptyStep())
      }
      const hopMs = median(tokenMs.split.map((ms, run) => ms - (tokenMs.apart[run] ?? 0)))
      const roundTripMs = median(roundTrips)
      return {
        name: 'layers',
        metrics: {
          tokensPerSecondWhole: rounded(1000 / median(tokenMs.whole)),
          tokensPerSecondSplit: rounded(1000 / median(tokenMs.split)),
          splitVsWhole: rounded(
            median(tokenMs.split.map((ms, run) => (tokenMs.whole[run] ?? 0) / ms)),
          ),
          hopMs: rounded(hopMs),
          roundTripMs: rounded(roundTripMs),
          hopVsRoundTrip: rounded(hopMs / roundTripMs),
        },
        notes: [
          'hopMs: a token over the stream less a token with both parts in one process.',
          'roundTripMs: a step that computes nothing, over the same stream.',
        ],
      }
    } finally {
      await stage.close()
    }
  },
}

const models = new URL('../../../public/models/', import.meta.url)

async function readFolder(folder: string) {
  const read = async (path: string) =>
    new Uint8Array(await readFile(new URL(`${folder}/${path}`, models)))
  const json: unknown = JSON.parse(new TextDecoder().decode(await read('manifest.json')))
  const manifest: Manifest = parse('manifest', manifestSchema, json)
  const files = new Map<string, Uint8Array>()
  for (const { path } of manifest.files) files.set(path, await read(path))
  return { manifest, files }
}

async function openStage() {
  // As in a tab, on one thread: those of onnxruntime-node's sessions spin against each other.
  const runtime = await openNodeWasm()
  const openRuntime = async () => runtime
  const model = await readFolder('bobbin')
  const first = await readFolder('bobbin-split/part-0')
  const { manifest, files } = await readFolder('bobbin-split/part-1')
  if (manifest.task !== 'layers') throw new TypeError('These are no layers.')
  const { modelCid, part, width } = manifest
  const computed = await openLocalLayers({ manifest, files, backend: 'wasm' }, openRuntime)
  const relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  const relays = relay.addresses()
  const { network: head } = await createNodeNetwork({ relays })
  const { network: other } = await createNodeNetwork({ relays })
  const stopServing = serveLayers({
    network: other,
    manifest,
    layers: computed,
    onChange: () => {},
  })
  const { connect } = findLayers({ network: head, modelCid, parts: 1, width })
  const open = async (link?: typeof connect) => {
    const engine = createLocalEngine({ openRuntime })
    const { opening, closing } = partPaths
    await engine.load({
      manifest: model.manifest,
      openFiles: async () => (link ? first : model).files,
      backend: 'wasm',
      ...(link ? { split: { opening, closing, parts: 1, width, connect: link } } : {}),
    })
    return engine
  }
  const here: typeof connect = async () => ({ peerId: '', width, ...computed.open() })
  const engines = [await open(), await open(here), await open(connect)] as const
  const line = await connect(part, {})
  const timed = async (engine: (typeof engines)[number]) =>
    1000 / (await engine.measure()).decodeTokensPerSecond
  return {
    whole: () => timed(engines[0]),
    apart: () => timed(engines[1]),
    split: () => timed(engines[2]),
    async emptyStep() {
      const startedMs = performance.now()
      await line.step({ changes: [], forward: null }, new Float32Array())
      return performance.now() - startedMs
    },
    async close() {
      for (const engine of engines) await engine.close()
      line.close()
      await stopServing()
      await Promise.all([head.stop(), other.stop()])
      await computed.release()
      await relay.stop()
    },
  }
}

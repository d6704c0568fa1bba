import { afterEach, expect, test } from 'vitest'
import { openTranscriber } from '../speech/transcriber.ts'
import { moonshineFiles, moonshineFolder, moonshineGraphs } from '../testing/moonshine.ts'
import { lineHeight, ocrFolder, type Picture, reader, readLine } from '../testing/pp-ocr.ts'
import recordingUrl from '../testing/recordings/austen.wav?url'
import { detector, detectSpeech, sileroPath } from '../testing/silero.ts'
import { adder, adderGraph, echoGraph, rows } from '../testing/small-graphs.ts'
import { join, quiet, readWav } from '../testing/wav.ts'
import type { Graph } from './graph.ts'
import { defineGraph, type GraphSchema, tensor } from './schema.ts'
import { openWorkerGraph } from './worker-graph.ts'

const slowMs = 120_000

const graphs: Graph<never>[] = []
afterEach(async () => {
  for (const graph of graphs.splice(0)) await graph.close()
})

/** Weights of packages lie beside the sources. */
async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url)
  expect(response.ok).toBe(true)
  return new Uint8Array(await response.arrayBuffer())
}

async function open<Schema extends GraphSchema>(path: string, schema: Schema) {
  const graph = await fetchBytes(`/node_modules/${path}`)
  const opened = await openWorkerGraph({ graph, backend: 'wasm', schema })
  graphs.push(opened as Graph<never>)
  return opened
}

test('Moonshine writes down what was said', { timeout: slowMs }, async () => {
  const files = await moonshineFiles((file) =>
    fetchBytes(`/node_modules/${moonshineFolder}/${file}`),
  )
  const init = { manifest: moonshineGraphs, files, openGraph: openWorkerGraph }
  const transcriber = await openTranscriber(init)
  const segments = await transcriber.transcribe(readWav(await fetchBytes(recordingUrl)))
  await transcriber.close()
  expect(segments.map(({ text }) => text)).toEqual([
    'He might even have been made amiable himself.',
  ])
})

test('Silero hears speech where it is', { timeout: slowMs }, async () => {
  const samples = readWav(await fetchBytes(recordingUrl))
  const graph = await open(sileroPath, detector)
  const probabilities = await detectSpeech(graph, join(quiet(1), samples, quiet(1)))
  const speech = probabilities.map((value) => value > 0.5)
  const first = speech.indexOf(true) * 0.032
  const last = speech.lastIndexOf(true) * 0.032
  expect(first).toBeGreaterThan(0.9)
  expect(first).toBeLessThan(1.5)
  expect(last).toBeGreaterThan(3.5)
  expect(last).toBeLessThan(4.6)
})

test.each([
  ['32px "DejaVu Sans", sans-serif', 'One tab lends, another asks.'],
  ['34px "Liberation Serif", serif', 'No. 47 costs 1.50 a month'],
])('PP-OCR reads what is drawn in %s', { timeout: slowMs }, async (font, text) => {
  const graph = await open(`${ocrFolder}/ch_PP-OCRv4_rec_infer.onnx`, reader)
  const characters = new TextDecoder().decode(
    await fetchBytes(`/node_modules/${ocrFolder}/ppocr_keys_v1.txt`),
  )
  expect(await readLine(graph, draw(text, font), characters)).toBe(text)
})

test('a state goes from run to run on a graphics device', { timeout: slowMs }, async () => {
  const graph = await openWorkerGraph({ graph: adderGraph(), backend: 'webgpu', schema: adder })
  graphs.push(graph as Graph<never>)
  expect(graph.engine.backend).toBe('webgpu')
  await graph.run({ x: rows(1, 2), before: rows(10, 20) })
  const both = await graph.run({ x: rows(1, 2) }, { fetches: ['sum', 'twice'] })
  expect(both).toEqual({ sum: rows(12, 24), twice: rows(24, 48) })
  expect(await graph.run({ x: rows(1, 2) })).toEqual({ twice: rows(26, 52) })
})

test('a state does not survive a run that fails on a graphics device', {
  timeout: slowMs,
}, async () => {
  const unequal = defineGraph({
    inputs: { x: tensor('float32', ['some', 2]), before: tensor('float32', ['others', 2]) },
    outputs: adder.outputs,
    state: adder.state,
  })
  const graph = await openWorkerGraph({ graph: adderGraph(), backend: 'webgpu', schema: unequal })
  graphs.push(graph as Graph<never>)
  await graph.run({ x: rows(1, 2), before: rows(10, 20) })
  const failure = expect.objectContaining({ code: 'engine/run-failed' })
  const feeds = { x: rows(1, 2, 3, 4), before: rows(1, 2, 3, 4, 5, 6) }
  await expect(graph.run(feeds)).rejects.toThrow(failure)
  await expect(graph.run({ x: rows(1, 2) })).rejects.toThrow(failure)
})

test('float16 comes back by its bits', async () => {
  const graph = await openWorkerGraph({ graph: echoGraph(['float16']), backend: 'wasm' })
  graphs.push(graph as Graph<never>)
  const half = { dtype: 'float16', dims: [3], data: Uint16Array.of(0x3c00, 0x7c00, 1) } as const
  expect(await graph.run({ in_float16: half })).toEqual({ out_float16: half })
})

test('auto leaves a software GPU alone', async () => {
  const graph = await openWorkerGraph({ graph: adderGraph(), backend: 'auto', schema: adder })
  graphs.push(graph as Graph<never>)
  expect(graph.engine.backend).toBe('wasm')
})

function draw(text: string, font: string): Picture {
  const canvas = new OffscreenCanvas(10, lineHeight)
  const measure = canvas.getContext('2d')
  if (!measure) throw new Error('There is no canvas to draw on.')
  measure.font = font
  const width = Math.ceil(measure.measureText(text).width) + 24
  canvas.width = width
  measure.fillStyle = 'white'
  measure.fillRect(0, 0, width, lineHeight)
  measure.fillStyle = 'black'
  measure.font = font
  measure.textBaseline = 'middle'
  measure.fillText(text, 12, lineHeight / 2)
  return { data: measure.getImageData(0, 0, width, lineHeight).data, width }
}

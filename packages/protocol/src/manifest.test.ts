import { expect, test } from 'vitest'
import {
  chunkBytes,
  decodeManifest,
  encodeManifest,
  type Manifest,
  manifestCid,
  manifestSchema,
} from './manifest.ts'
import {
  sampleEmbeddingManifest as embedding,
  sampleManifest as manifest,
} from './testing/samples.ts'

test('the CID names the content, not the order of its keys', () => {
  const reversed = Object.fromEntries(Object.entries(manifest).reverse()) as Manifest
  expect(manifestCid(reversed)).toBe(manifestCid(manifest))
  expect(manifestCid(manifest)).toMatch(/^bafyrei/)
  expect(manifestCid({ ...manifest, dtype: 'fp32' })).not.toBe(manifestCid(manifest))
})

test.each([manifest, embedding])('$task: survives its canonical bytes', (honest) => {
  expect(decodeManifest(encodeManifest(honest))).toEqual(honest)
})

test('a known answer is one of its task', () => {
  expect(manifestSchema.safeParse({ ...manifest, task: 'embedding' }).success).toBe(false)
  expect(manifestSchema.safeParse({ ...embedding, task: 'chat' }).success).toBe(false)
  expect(manifestSchema.safeParse({ ...manifest, task: undefined }).success).toBe(false)
})

test('thresholds ascend, and are suspicious before they fail', () => {
  const short = { tokens: 32, suspicious: 0.001, failed: 0.002 }
  const long = { tokens: 128, suspicious: 0.001, failed: 0.001 }
  const parse = (...windows: object[]) =>
    manifestSchema.safeParse({
      ...manifest,
      thresholds: { marginClip: 0.1, windows, fingerprint: null },
    }).success
  expect(parse(short, long)).toBe(true)
  expect(parse(long, short)).toBe(false)
  expect(parse({ ...short, failed: 0.0005 })).toBe(false)
  expect(parse()).toBe(false)
})

test.each(['../secret', '/etc/passwd', 'a/../../b', 'a\\b', ''])('refuses the path %j', (path) => {
  const [file] = manifest.files
  const bad = { ...manifest, files: [{ ...file, path }, ...manifest.files] }
  expect(manifestSchema.safeParse(bad).success).toBe(false)
})

test.each([
  ['the last part', {}, undefined],
  ['a part that there is not', { part: 2 }, 'part'],
  ['layers that there are not', { firstLayer: 4 }, 'layers'],
])('layers: %s', (_, change, place) => {
  const { knownAnswer, ...whole } = manifest
  const layers = { modelCid: manifestCid(manifest), part: 1, parts: 2, firstLayer: 3, layers: 3 }
  const known = { components: Array(8).fill(0), tolerance: 0.1 }
  const honest = { ...whole, ...layers, task: 'layers', allLayers: 6, width: 4, knownAnswer: known }
  const { error } = manifestSchema.safeParse({ ...honest, ...change })
  expect(error?.issues[0]?.path.at(-1)).toBe(place)
})

const [first, ...others] = manifest.files

test.each([
  ['a graph that is no file of it', { graph: 'onnx/other.onnx' }, 'graph'],
  ['one path twice', { files: [...manifest.files, ...manifest.files] }, 'files'],
  [
    'fewer chunks than its size has',
    { files: [{ ...first, sizeBytes: chunkBytes + 1 }, ...others] },
    'chunks',
  ],
  [
    'more chunks than its size has',
    { files: [{ ...first, chunks: Array(2).fill(first?.sha256) }, ...others] },
    'chunks',
  ],
])('refuses %s', (_, change, place) => {
  const { error } = manifestSchema.safeParse({ ...manifest, ...change })
  expect(error?.issues[0]?.path.at(-1)).toBe(place)
})

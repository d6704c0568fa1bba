import { expect, test } from 'vitest'
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  manifestCid,
  manifestSchema,
} from './manifest.ts'

const hash = 'ab'.repeat(32)
const file = (path: string) => ({ path, sizeBytes: 10, sha256: hash, chunks: [hash] })
const manifest: Manifest = {
  version: 1,
  id: 'weft/sample',
  name: 'Sample',
  description: '',
  licence: 'Apache-2.0',
  parameters: 10,
  dtype: 'q8',
  contextTokens: 512,
  memoryBytes: 100,
  graph: 'onnx/model_quantized.onnx',
  files: [file('config.json'), file('tokenizer.json'), file('onnx/model_quantized.onnx')],
  knownAnswer: {
    promptTokens: Array(40).fill(1),
    tokens: Array(16).fill(2),
    topLogits: Array.from({ length: 8 }, (_, token) => ({ token, value: 1.5 - token })),
    toleranceAbs: 0.01,
  },
}

test('the CID names the content, not the order of its keys', () => {
  const reversed = Object.fromEntries(Object.entries(manifest).reverse()) as Manifest
  expect(manifestCid(reversed)).toBe(manifestCid(manifest))
  expect(manifestCid(manifest)).toMatch(/^bafyrei/)
  expect(manifestCid({ ...manifest, dtype: 'fp32' })).not.toBe(manifestCid(manifest))
})

test('survives its canonical bytes', () => {
  expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest)
})

test.each(['../secret', '/etc/passwd', 'a/../../b', 'a\\b', ''])('refuses the path %j', (path) => {
  const bad = { ...manifest, files: [file(path), ...manifest.files] }
  expect(manifestSchema.safeParse(bad).success).toBe(false)
})

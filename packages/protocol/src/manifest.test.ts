import { expect, test } from 'vitest'
import {
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

test.each(['../secret', '/etc/passwd', 'a/../../b', 'a\\b', ''])('refuses the path %j', (path) => {
  const [file] = manifest.files
  const bad = { ...manifest, files: [{ ...file, path }, ...manifest.files] }
  expect(manifestSchema.safeParse(bad).success).toBe(false)
})

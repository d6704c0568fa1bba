import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { artifacts } from './artifacts.ts'
import { type CircuitName, readArtifact } from './read-artifact.ts'

const inRoot = (path: string) => new URL(`../../../../${path}`, import.meta.url)
const circuits = Object.keys(artifacts) as CircuitName[]
const fromDisk = async (path: string) => new Uint8Array(await readFile(inRoot(`public/${path}`)))

test('the site serves what is pinned, and nothing else', async () => {
  const served: string[] = []
  for (const circuit of circuits) {
    for (const kind of ['wasm', 'zkey', 'verificationKey'] as const) {
      const { path, bytes } = artifacts[circuit].artifacts[kind]
      expect((await readArtifact(circuit, kind, fromDisk)).byteLength).toBe(bytes)
      served.push(path.replace('proofs/', ''))
    }
  }
  expect((await readdir(inRoot('public/proofs'))).sort()).toEqual(served.sort())
})

test('circuits are what their keys were made for', async () => {
  for (const circuit of circuits) {
    const folder = 'packages/verification/circuits'
    const transcript = await readFile(inRoot(`${folder}/${circuit}.transcript.json`), 'utf8')
    const { sources } = JSON.parse(transcript) as { sources: Record<string, string> }
    expect(Object.keys(sources)).toContain(`${circuit}.circom`)
    for (const [file, sha256] of Object.entries(sources)) {
      const source = await readFile(inRoot(`${folder}/${file}`))
      expect(createHash('sha256').update(source).digest('hex'), file).toBe(sha256)
    }
  }
})

test('a file that is not the pinned one is refused', async () => {
  const other = async (path: string) => {
    const bytes = await fromDisk(path)
    bytes[100] = (bytes[100] ?? 0) ^ 1
    return bytes
  }
  await expect(readArtifact('credit', 'zkey', other)).rejects.toMatchObject({
    code: 'verification/wrong-artifact',
  })
})

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { artifacts } from './artifacts.ts'
import { type CircuitName, fromSite, keepArtifacts, readArtifact } from './read-artifact.ts'

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

test('what was refused is read again, what is right is read once', async () => {
  let reads = 0
  const open = keepArtifacts(async (path) => {
    reads += 1
    const bytes = await fromDisk(path)
    return reads === 1 ? bytes.slice(1) : bytes
  })
  const key = () => open('credit', 'verificationKey')
  await expect(key()).rejects.toMatchObject({ code: 'verification/wrong-artifact' })
  expect(await key()).toBe(await key())
  expect(reads).toBe(2)
})

test('a connection that is lost is tried once more, and no more than once', async () => {
  let [losses, asked] = [1, 0]
  const site = createServer(async ({ url = '', socket }, response) => {
    asked += 1
    if (asked <= losses) socket.destroy()
    else response.end(await fromDisk(url.slice(1)))
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const read = fromSite(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  const { path, bytes } = artifacts.credit.artifacts.verificationKey
  expect((await read(path)).byteLength).toBe(bytes)
  ;[losses, asked] = [9, 0]
  await expect(read(path)).rejects.toThrow()
  expect(asked).toBe(2)
  site.close()
  site.closeAllConnections()
})

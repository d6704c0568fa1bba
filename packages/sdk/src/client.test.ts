import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRelay } from '@weft/network/relay'
import { createPrivateKey } from '@weft/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient, type WeftClient } from './client.ts'
import { createNode, type WeftNode } from './contributor.ts'
import { openSiteServer } from './testing/site-server.ts'

const model = 'weft/bobbin-2m'
const messages = [{ role: 'user' as const, content: 'Tell me a story about a fox.' }]
const asked = { model, messages, temperature: 0, max_tokens: 16 }

let site: Awaited<ReturnType<typeof openSiteServer>>
let relay: Awaited<ReturnType<typeof createRelay>>
let folder: string
let node: WeftNode
let client: WeftClient

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-node-'))
  site = await openSiteServer()
  relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  const where = { relays: relay.addresses(), modelsUrl: site.modelsUrl }
  node = await createNode({ ...where, folder, roles: { serve: { model } } })
  client = await createClient(where)
}, 60_000)

afterAll(async () => {
  await Promise.all([client.close(), node.close()])
  await Promise.all([relay.stop(), site.close()])
  await rm(folder, { recursive: true })
})

test('a process answers another one over WebRTC', async () => {
  await expect.poll(async () => (await client.models.list()).data[0]?.weft.liveNodes).toBe(1)
  const { weft } = await client.chat.completions.create(asked)
  expect(weft.receipt?.nodePeerId).toBe(node.peerId)
  expect(weft.answer.tokens).toHaveLength(16)
})

test('on the device itself the same is said, without a network', async () => {
  const { modelsUrl } = site
  const local = await createClient({ modelsUrl })
  const loaded: number[] = []
  await local.prepare(model, { onProgress: ({ loadedBytes }) => loaded.push(loadedBytes) })
  expect(loaded.length).toBeGreaterThan(0)
  const here = await local.chat.completions.create(asked)
  const there = await client.chat.completions.create(asked)
  expect(here.choices[0].message).toEqual(there.choices[0].message)
  expect(here.usage).toEqual(there.usage)
  expect(here.weft.receipt).toBeNull()
  await local.close()
})

test('a folder keeps the key for its owner alone, and the model; only one process has it', async () => {
  const init = { modelsUrl: site.modelsUrl, folder }
  await expect(createClient(init)).rejects.toMatchObject({ code: 'storage/folder-in-use' })
  const { mode } = await stat(join(folder, 'key'))
  expect(mode & 0o777).toBe(0o600)
  const { peerId } = node
  await node.close()
  const again = await createClient(init)
  expect(again.peerId).toBe(peerId)
  await expect.poll(() => again.tab.models.cached.get().length).toBe(1)
  await again.close()
})

/** The examples of `examples/`, which the docs show, each as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRelay } from '@weft/network/relay'
import { createPrivateKey } from '@weft/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openSiteServer } from './testing/site-server.ts'

let relay: Awaited<ReturnType<typeof createRelay>>
let site: Awaited<ReturnType<typeof openSiteServer>>
let contributor: ReturnType<typeof run>

function run(name: string) {
  const file = fileURLToPath(new URL(`../examples/${name}.ts`, import.meta.url))
  const env = { ...process.env, WEFT_URL: new URL(site.modelsUrl).origin }
  const child: ChildProcess = spawn(process.execPath, [file], { env })
  let text = ''
  const add = (data: Buffer) => {
    text += data
  }
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, exit, text: () => text }
}

beforeAll(async () => {
  relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  const config = { relays: relay.addresses(), iceServers: [], modelsUrl: '/models/' }
  const json = new TextEncoder().encode(JSON.stringify(config))
  site = await openSiteServer(new Map([['weft.json', json]]))
  contributor = run('node')
  await vi.waitFor(() => expect(contributor.text()).toContain('Ready'), { timeout: 30_000 })
}, 40_000)

afterAll(async () => {
  contributor.child.kill('SIGTERM')
  expect(await contributor.exit).toBe(0)
  await Promise.all([relay.stop(), site.close()])
})

test.concurrent.for([
  ['chat', /Signed by 16Uiu2\w+, for 0 wei\.\n$/],
  ['json', /^".*" has \d+ legs, says the model\.\n$/],
  ['tools', /^weather: It is sunny in (Paris|Rome)\.\n[\s\S]*\w/],
  ['ai-sdk', /of \d+ bytes\n[\s\S]*\w+ \w+/],
] as const)('%s', async ([name, said], { expect }) => {
  const example = run(name)
  expect(await example.exit).toBe(0)
  expect(example.text()).toMatch(said)
})

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 20_000 })

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const children: ChildProcess[] = []
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-relay-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

function run(...args: string[]) {
  const keyFile = join(folder, 'relay.key')
  const child = spawn(process.execPath, [main, '--key-file', keyFile, ...args])
  children.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, output, exit, keyFile }
}

/** `fetch` would tidy such a path. */
function getStatus(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}

type Ready = { ready: true; address: string; http: string }

async function startRelay() {
  const relay = run('--port', '0', '--http-port', '0')
  await new Promise((resolve) => relay.child.stdout.once('data', resolve))
  return { ...relay, ready: JSON.parse(relay.output.stdout) as Ready }
}

test('says where it is in one line, tells its health, ends at once, and keeps its name', async () => {
  const first = await startRelay()
  expect(first.output.stdout.trim().split('\n')).toHaveLength(1)
  expect(first.ready.address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\/16Uiu2\w{47}$/)
  expect((await stat(first.keyFile)).mode & 0o777).toBe(0o600)
  const health = await (await fetch(`${first.ready.http}/health`)).json()
  const peerId = first.ready.address.split('/').at(-1)
  expect(health).toMatchObject({
    status: 'ok',
    peerId,
    addresses: [first.ready.address],
    registered: 0,
  })
  const live = await fetch(`${first.ready.http}/live`)
  expect(await live.json()).toEqual({ nodes: 0 })
  expect(live.headers.get('access-control-allow-origin')).toBe('*')
  const metrics = await (await fetch(`${first.ready.http}/metrics`)).text()
  expect(metrics).toContain('weft_relay_registered 0')
  expect(metrics).toContain('# TYPE weft_relay_directory_requests_total counter')
  expect(metrics).toContain('# TYPE libp2p_data_transfer_bytes_total counter')
  const { port } = new URL(first.ready.http)
  expect(await getStatus(Number(port), '//')).toBe(404)
  const startedMs = Date.now()
  first.child.kill('SIGTERM')
  expect(await first.exit).toBe(0)
  expect(Date.now() - startedMs).toBeLessThan(2_000)
  const second = await startRelay()
  expect(second.ready.address.split('/').at(-1)).toBe(peerId)
})

test('a port that is taken is one sentence, a code, and exit 1', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = String(typeof address === 'object' ? address?.port : address)
  for (const flags of [
    ['--port', port, '--http-port', '0'],
    ['--port', '0', '--http-port', port],
  ]) {
    const { output, exit } = run(...flags)
    expect(await exit).toBe(1)
    expect(output).toEqual({
      stdout: '',
      stderr: `Port ${port} of 127.0.0.1 is taken by another process. [network/port-in-use]\n`,
    })
  }
  server.close()
})

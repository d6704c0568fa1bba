/**
 * The front door: `npm start` on this machine, as a new user runs it.
 * @module
 */

import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium, reachOf } from '@weft/weft/chromium'
import { askOnce } from '@weft/weft/first-answer'
import { expect, test } from './fixtures.ts'
import { run } from './processes.ts'

const port = 7370
let stateFolder: string

test.beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'weft-e2e-'))
})

test.afterEach(() => rm(stateFolder, { recursive: true }))

/** Runs `npm start`'s own command in a folder of its own. */
function start(...flags: string[]) {
  const script = 'apps/weft/src/start.ts'
  return run(process.execPath, [script, '--no-open', '--state', stateFolder, ...flags])
}

/** Processes that `pid` started, directly or not, and that still live. */
async function descendants(pid: number): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
    if (parent === pid) found.push(Number(name), ...(await descendants(Number(name))))
  }
  return found
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It went with its parent.
  }
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function askGateway(line: string): Promise<Response> {
  const [baseUrl = ''] = /http:\S+\/v1/.exec(line) ?? []
  const prompt = 'Tell me a story about a fox and a lantern.'
  return fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer any' },
    body: JSON.stringify({
      model: 'weft/bobbin-2m',
      messages: [{ role: 'user', content: prompt }],
      stream: true,
    }),
  })
}

/** The browser that holds the resident tab, not one of its renderers. */
async function residentPid(pids: number[]): Promise<number> {
  for (const pid of pids) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (line.includes(join(stateFolder, 'resident')) && !line.includes('--type=')) return pid
  }
  throw new Error('No resident browser runs.')
}

/** Over the gateway, by the resident tab. */
async function answersPrograms(line: string): Promise<void> {
  const response = await askGateway(line)
  expect(response.status).toBe(200)
  const text = await response.text()
  expect(text).toMatch(/"weft":\{[^}]+"receipt":"[\w-]{100,}"/)
  expect(text.trim().endsWith('data: [DONE]')).toBe(true)
}

test('reaches the ready line, prints a first answer, brings a lost contributor back, and leaves nothing running', async () => {
  test.skip(process.platform !== 'linux', 'reads /proc')
  const weft = start('--port', `${port}`)
  const ready = await weft.line('Weft is ready: ', 120_000)
  expect(ready.trim()).toBe(`Weft is ready: http://localhost:${port}`)
  expect(weft.output()).toMatch(/ chain +new/)
  await weft.line('tok/s', 90_000)
  expect(weft.output()).toMatch(/fox/i)
  const gateway = await weft.line('Programs ask like OpenAI')
  await answersPrograms(gateway)
  process.kill(await residentPid(await descendants(weft.child.pid ?? 0)), 'SIGKILL')
  await weft.line('The resident tab was lost and is started again.', 30_000)
  const status = async () => {
    const response = await askGateway(gateway)
    await response.text()
    return response.status
  }
  await expect.poll(status, { timeout: 60_000, intervals: [1_000] }).toBe(200)
  const toldBefore = weft.output().split('started again').length
  const children = await descendants(weft.child.pid ?? 0)
  expect(children.length).toBeGreaterThan(1)
  // A terminal sends Ctrl-C to every process of the group.
  weft.child.kill('SIGINT')
  for (const pid of children) interrupt(pid)
  expect(await weft.exited).toBe(0)
  expect(weft.output().split('started again').length).toBe(toldBefore)
  await expect.poll(() => children.filter(isAlive)).toEqual([])
})

test('a busy port is said and passed by; a second one from the same folder is turned away, and harms nothing', async () => {
  const busy = createServer()
  await new Promise<void>((resolve) => busy.listen(port, '127.0.0.1', resolve))
  const weft = start('--no-resident', '--no-gateway', '--port', `${port}`)
  try {
    const ready = await weft.line('Weft is ready: ', 120_000)
    expect(ready).not.toContain(`:${port}`)
    expect(weft.output()).toContain(`Port ${port} is taken`)
    await weft.line('/contribute')
    const second = start('--no-resident', '--no-gateway', '--port', `${port}`)
    expect(await second.exited).toBe(1)
    expect(second.output()).toContain('already runs from this folder')
    const page = await fetch(ready.replace('Weft is ready: ', '').trim())
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1]
    expect((await fetch(new URL(script ?? '/missing', page.url))).status).toBe(200)
    const children = await descendants(weft.child.pid ?? 0)
    expect(await weft.end('SIGTERM')).toBe(0)
    // It goes last: nothing writes into its folder any more.
    expect(children.filter(isAlive)).toEqual([])
  } finally {
    await weft.end('SIGTERM')
    busy.close()
  }
})

test('without a chain it says that payments are off; its sources are served without a build; a visitor without an answer says why', async () => {
  const weft = start('--no-resident', '--no-gateway', '--no-chain', '--dev', '--port', `${port}`)
  const ready = await weft.line('Weft is ready: ')
  expect(weft.output()).toContain('Payments are off')
  const page = await fetch(ready.replace('Weft is ready: ', '').trim())
  expect(await page.text()).toContain('/@vite/client')
  // Nobody serves: the visitor's tab says what its page says.
  const found = findChromium()
  if (!found) throw new Error('No Chromium: run npm test, which installs one.')
  const init = { found, reach: reachOf(true), siteUrl: page.url, prompt: 'Hello.' }
  const asked = askOnce({ ...init, onText: () => {} })
  await expect(asked).rejects.toMatchObject({
    code: 'weft/no-answer',
    message: expect.stringContaining('No other tab serves this model'),
    facts: [expect.stringContaining('This device can answer by itself.')],
  })
  expect(await weft.end('SIGINT')).toBe(0)
})

test('on a machine with loopback only it says so, and its own tabs reach each other all the same', async () => {
  const alone = ['-rn', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']
  const isPossible = spawnSync('unshare', [...alone, 'true']).status === 0
  test.skip(!isPossible, 'this machine gives no network namespaces')
  const script = 'apps/weft/src/start.ts'
  const flags = ['--no-open', '--no-gateway', '--no-chain', '--state', stateFolder]
  const weft = run('unshare', [...alone, process.execPath, script, ...flags])
  await weft.line('none besides this machine')
  await weft.line('tok/s', 150_000)
  expect(weft.output()).toMatch(/fox/i)
  const doctor = run('unshare', [...alone, process.execPath, 'apps/weft/src/cli.ts', 'doctor'])
  await doctor.line('note network')
  await doctor.end('SIGKILL')
  expect(await weft.end('SIGINT')).toBe(0)
})

test('a wrong flag is answered in words', async () => {
  const weft = start('--port', 'many')
  expect(await weft.exited).toBe(1)
  expect(weft.output()).toContain('--port takes a number')
})

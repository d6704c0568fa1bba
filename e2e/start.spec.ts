/**
 * The front door: `npm start` on this machine, as a new user runs it.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { expect, test } from '@playwright/test'
import { run } from './processes.ts'

const port = 7370

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

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('reaches the ready line, prints a first answer, and leaves nothing running', async () => {
  test.skip(process.platform !== 'linux', 'reads /proc')
  const start = run(process.execPath, ['apps/weft/src/start.ts', '--no-open', '--port', `${port}`])
  const ready = await start.line('Weft is ready: ', 120_000)
  expect(ready.trim()).toBe(`Weft is ready: http://localhost:${port}`)
  await start.line('tok/s', 90_000)
  expect(start.output()).toMatch(/fox/i)
  const children = await descendants(start.child.pid ?? 0)
  expect(children.length).toBeGreaterThan(1)
  expect(await start.end('SIGINT')).toBe(0)
  await expect.poll(() => children.filter(isAlive)).toEqual([])
})

test('a busy port is said and passed by', async () => {
  const busy = createServer()
  await new Promise<void>((resolve) => busy.listen(port, '127.0.0.1', resolve))
  const flags = ['--no-open', '--no-resident', '--port', `${port}`]
  const start = run(process.execPath, ['apps/weft/src/start.ts', ...flags])
  try {
    const ready = await start.line('Weft is ready: ', 120_000)
    expect(ready).not.toContain(`:${port}`)
    expect(start.output()).toContain(`Port ${port} is taken`)
    await start.line('/contribute')
  } finally {
    await start.end('SIGINT')
    busy.close()
  }
})

test('a wrong flag is answered in words', async () => {
  const start = run(process.execPath, ['apps/weft/src/start.ts', '--port', 'many'])
  expect(await start.end('SIGCONT')).toBe(1)
  expect(start.output()).toContain('--port takes a number')
})

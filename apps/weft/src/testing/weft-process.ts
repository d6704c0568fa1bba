/**
 * `weft COMMAND` as a process, as people start it.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
const children: ChildProcess[] = []

export function weft(...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args])
  children.push(child)
  const said = { out: '', error: '' }
  child.stdout.on('data', (data) => {
    said.out += data
  })
  child.stderr.on('data', (data) => {
    said.error += data
  })
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = async () => {
    await vi.waitFor(() => expect(said.out).toContain('"ready":true'), { timeout: 25_000 })
    return JSON.parse(said.out) as Record<string, string>
  }
  return { child, said, exit, ready }
}

/** Whatever this test has started and not ended. */
export function killAll(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL')
}

/**
 * Processes of our own that say one line of JSON on stdout when they are ready.
 * @module
 */
import type { ChildProcess } from 'node:child_process'

const stopTimeoutMs = 3_000

export type ReadyInit = {
  /** For people: `The relay`. */
  name: string
  timeoutMs: number
  /** What it says on stderr afterwards; before, it is the reason why it did not start. */
  onStderr?: (data: Buffer) => void
}

/** @returns its line, parsed. @throws Error with its own sentence when it does not start */
export function whenReady(child: ChildProcess, init: ReadyInit): Promise<unknown> {
  const { name, timeoutMs, onStderr } = init
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    let isReady = false
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${name} did not start within ${timeoutMs / 1000} seconds.`))
    }, timeoutMs)
    child.stderr?.on('data', (data) => {
      if (isReady) onStderr?.(data)
      else errors += data
    })
    child.stdout?.on('data', (data) => {
      if (isReady) return
      output += data
      const end = output.indexOf('\n')
      if (end < 0) return
      isReady = true
      clearTimeout(timer)
      resolve(JSON.parse(output.slice(0, end)))
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(errors.trim() || `${name} ended with code ${code}.`))
    })
  })
}

/** Not with SIGTERM: whoever stops everything does not wait until tabs have gone elsewhere. */
export function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGINT')
  })
}

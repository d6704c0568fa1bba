/**
 * Runs a gateway as its own process, for programs on this machine.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type GatewayProcess = {
  /** Without `/v1`. */
  url: string
  stop(): Promise<void>
}

export type GatewayProcessInit = {
  relay: string
  modelsUrl: string
  port: number
  /** Folder of its key and of what it counts. */
  state: string
  /** Aborts when everything is being stopped. */
  stopping: AbortSignal
  /** It ended by itself. */
  onLost: () => void
}

const main = fileURLToPath(new URL('../../gateway/src/main.ts', import.meta.url))
const readyTimeoutMs = 60_000
const stopTimeoutMs = 3_000

/** @throws Error with the gateway's own sentence when it does not start */
export async function startGateway(init: GatewayProcessInit): Promise<GatewayProcess> {
  const { relay, modelsUrl, port, state, stopping, onLost } = init
  const flags = ['--relay', relay, '--models', modelsUrl, '--state', state]
  // The channel tells the gateway when this process is gone, however it went.
  const child = spawn(process.execPath, [main, ...flags, '--port', `${port}`, '--ops-port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let isEnded = false
  const url = await waitForReady(child)
  child.once('exit', () => {
    if (!isEnded && !stopping.aborted) onLost()
  })
  return {
    url,
    stop() {
      isEnded = true
      return end(child)
    },
  }
}

function waitForReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The gateway did not start within ${readyTimeoutMs / 1000} seconds.`))
    }, readyTimeoutMs)
    child.stderr?.on('data', (data) => {
      errors += data
    })
    child.stdout?.on('data', (data) => {
      output += data
      if (!output.includes('\n')) return
      clearTimeout(timer)
      resolve((JSON.parse(output.split('\n')[0] ?? '') as { url: string }).url)
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(errors.trim() || `The gateway ended with code ${code}.`))
    })
  })
}

function end(child: ChildProcess): Promise<void> {
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

/**
 * Runs the relay as its own process and keeps it running.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type RelayProcess = {
  /** Multiaddr with PeerId. */
  address: string
  /** Base URL of `/health` and `/metrics`. */
  http: string
  /** Of the process that runs now. */
  pid(): number | undefined
  /** As `kill -9`: it is started again like any relay that ended by itself. */
  kill(): void
  stop(): Promise<void>
}

export type RelayProcessInit = {
  host: string
  port: number
  httpPort: number
  /** Keeps the relay's PeerId over restarts. */
  keyFile: string
  /** More of its command line. */
  flags?: string[]
  /** Aborts when everything is being stopped: Ctrl-C in a terminal reaches the relay as well. */
  stopping: AbortSignal
  /** Told when the relay ended by itself and is started again. */
  onRestart: (exitCode: number | null) => void
}

const main = fileURLToPath(new URL('../../relay/src/main.ts', import.meta.url))
const readyTimeoutMs = 30_000
const restartDelayMs = 1_000
const stopTimeoutMs = 3_000

/** @throws Error with the relay's own sentence when it does not start */
export async function startRelay(init: RelayProcessInit): Promise<RelayProcess> {
  const { stopping } = init
  let ended = false
  let current = spawnRelay(init)
  const ready = await waitForReady(current)

  function watch(child: ChildProcess): void {
    child.once('exit', (code) => {
      if (stopping.aborted || ended) return
      init.onRestart(code)
      setTimeout(restart, restartDelayMs)
    })
  }
  async function restart(): Promise<void> {
    if (stopping.aborted || ended) return
    current = spawnRelay(init)
    watch(current)
    await waitForReady(current).catch(() => {}) // Its exit is seen by the watch.
  }
  watch(current)

  return {
    ...ready,
    pid: () => current.pid,
    kill: () => void current.kill('SIGKILL'),
    async stop() {
      ended = true
      await end(current)
    },
  }
}

function spawnRelay({
  host,
  port,
  httpPort,
  keyFile,
  flags: more = [],
}: RelayProcessInit): ChildProcess {
  const flags = ['--host', host, '--port', String(port), '--http-port', String(httpPort)]
  // The channel tells the relay when this process is gone, however it went.
  return spawn(process.execPath, [main, ...flags, '--key-file', keyFile, ...more], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

/** What the relay says after its ready line is for the person at the terminal. */
function waitForReady(child: ChildProcess): Promise<{ address: string; http: string }> {
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    let isReady = false
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The relay did not start within ${readyTimeoutMs / 1000} seconds.`))
    }, readyTimeoutMs)
    child.stderr?.on('data', (data) => {
      if (isReady) process.stderr.write(data)
      else errors += data
    })
    child.stdout?.on('data', (data) => {
      if (isReady) return
      output += data
      const end = output.indexOf('\n')
      if (end < 0) return
      isReady = true
      clearTimeout(timer)
      const { address, http } = JSON.parse(output.slice(0, end))
      resolve({ address, http })
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(errors.trim() || `The relay ended with code ${code}.`))
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
    // Not SIGTERM: whoever stops everything does not wait until tabs have gone elsewhere.
    child.kill('SIGINT')
  })
}

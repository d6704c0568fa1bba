/**
 * Runs the relay as its own process and keeps it running.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endChild, whenReady } from './child.ts'

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
      await endChild(current)
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
async function waitForReady(child: ChildProcess): Promise<{ address: string; http: string }> {
  const ready = await whenReady(child, {
    name: 'The relay',
    timeoutMs: readyTimeoutMs,
    onStderr: (data) => void process.stderr.write(data),
  })
  const { address, http } = ready as { address: string; http: string }
  return { address, http }
}

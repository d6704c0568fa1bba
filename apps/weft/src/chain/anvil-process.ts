/**
 * Runs anvil as its own process, with its state in a file, and keeps it running.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { rename } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

export type AnvilProcess = {
  /** Of its JSON-RPC; the same over restarts. */
  url: string
  /** Of anvil itself, as it runs now. */
  pid(): number | undefined
  stop(): Promise<void>
}

export type AnvilProcessInit = {
  /** Loaded at the start, written every few seconds and at the end. */
  stateFile: string
  /** Aborts when everything is being stopped: Ctrl-C in a terminal reaches anvil as well. */
  stopping: AbortSignal
  /** The state file could not be read: it lies at `asideFile` now, and the chain begins anew. */
  onStateLost: (asideFile: string) => void
  /** It ended by itself and is up again. */
  onRestart: (url: string) => void
  /** It ended by itself and cannot be brought back. */
  onLost: (reason: string) => void
}

const guard = fileURLToPath(new URL('guard.ts', import.meta.url))
/** What a crash may lose; writing takes a few milliseconds. */
const saveEverySeconds = 10
const restartDelayMs = 1_000
/** To write its state, on a machine that does much else. */
const stopTimeoutMs = 5_000
/** From the end of anvil to that of its guard, and for anvil to end when it is not asked. */
const killTimeoutMs = 1_000
const maxRestartsInARow = 5
/** After so long a life a restart counts as the first again. */
const longLifeMs = 60_000

/** @throws Error with anvil's own words when it does not start */
export async function startAnvilProcess(init: AnvilProcessInit): Promise<AnvilProcess> {
  const { stopping, onRestart, onLost } = init
  let current = await startWithState(init, 0)
  const { url, port } = current
  let isEnded = false
  let restarts = 0
  let starting: Promise<Guarded> | undefined

  async function watch(): Promise<void> {
    for (;;) {
      const startedMs = Date.now()
      await current.ended
      await new Promise((resolve) => setTimeout(resolve, restartDelayMs))
      if (stopping.aborted || isEnded) return
      restarts = Date.now() - startedMs > longLifeMs ? 1 : restarts + 1
      try {
        if (restarts > maxRestartsInARow) throw new Error('it keeps ending')
        starting = startWithState(init, port)
        current = await starting
        if (isEnded) return
        onRestart(url)
      } catch (error) {
        return onLost(error instanceof Error ? error.message : String(error))
      }
    }
  }
  void watch()

  return {
    url,
    pid: () => current.pid,
    async stop() {
      isEnded = true
      await starting?.catch(() => {}) // Then it is the one before that is stopped.
      await current.stop()
    },
  }
}

type Ready = { url: string; pid: number | undefined }
type Guarded = Ready & { port: number; ended: Promise<unknown>; stop(): Promise<void> }

async function startWithState(init: AnvilProcessInit, port: number): Promise<Guarded> {
  const { stateFile, onStateLost } = init
  try {
    return await startGuarded(stateFile, port)
  } catch (error) {
    if (!String(error).includes('--state')) throw error
    const asideFile = `${stateFile}.unreadable`
    await rename(stateFile, asideFile)
    onStateLost(asideFile)
    return startGuarded(stateFile, port)
  }
}

async function startGuarded(stateFile: string, port: number): Promise<Guarded> {
  const flags = ['--accounts', '1', '--state', stateFile, '--state-interval', `${saveEverySeconds}`]
  const child = spawn(process.execPath, [guard, `${port}`, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const ready = await new Promise<Ready>((resolve, reject) => {
    let errors = ''
    child.stderr?.on('data', (data) => {
      errors += data
    })
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(errors.trim() || `anvil ended with ${code}`)))
  })
  void ended.then(() => {
    // A guard that was killed could not end anvil; a quick end writes the state.
    if (child.signalCode !== null && ready.pid !== undefined) endIfAlive(ready.pid)
  })
  return {
    ...ready,
    port: Number(new URL(ready.url).port),
    ended,
    stop: () => end(child, ended, ready.pid),
  }
}

function endIfAlive(pid: number, signal: NodeJS.Signals = 'SIGTERM'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}

/** Anvil is killed itself where it takes too long: without its guard it would go on writing, and nobody waits. */
async function end(
  child: ChildProcess,
  ended: Promise<unknown>,
  anvil: number | undefined,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const timers = [
    setTimeout(() => anvil !== undefined && endIfAlive(anvil, 'SIGKILL'), stopTimeoutMs),
    setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs + killTimeoutMs),
  ]
  child.kill('SIGTERM')
  await ended
  for (const timer of timers) clearTimeout(timer)
}

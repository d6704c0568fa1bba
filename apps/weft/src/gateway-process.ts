/**
 * Runs a gateway as its own process, for programs on this machine.
 * @module
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endChild, whenReady } from './child.ts'

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

/** @throws Error with the gateway's own sentence when it does not start */
export async function startGateway(init: GatewayProcessInit): Promise<GatewayProcess> {
  const { relay, modelsUrl, port, state, stopping, onLost } = init
  const flags = ['--relay', relay, '--models', modelsUrl, '--state', state]
  // The channel tells the gateway when this process is gone, however it went.
  const child = spawn(process.execPath, [main, ...flags, '--port', `${port}`, '--ops-port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let isEnded = false
  const ready = await whenReady(child, { name: 'The gateway', timeoutMs: readyTimeoutMs })
  const { url } = ready as { url: string }
  child.once('exit', () => {
    if (!isEnded && !stopping.aborted) onLost()
  })
  return {
    url,
    stop() {
      isEnded = true
      return endChild(child)
    },
  }
}

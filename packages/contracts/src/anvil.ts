/**
 * A development chain in a process of its own: anvil, from npm.
 * @module
 */
import { spawn } from 'node:child_process'
import { foundryBinary } from './foundry-binary.ts'

export type AnvilInit = {
  /** 0, the default, takes a free one. */
  port?: number
  /** anvil's own flags, e.g. `['--state', path]`. */
  flags?: readonly string[]
  /** How long to wait for it to listen. */
  timeoutMs?: number
  /** Stops it. */
  signal?: AbortSignal
}

export type Anvil = {
  /** Of its JSON-RPC over HTTP and WebSocket. */
  url: string
  pid: number | undefined
  /** Its exit code, or null where a signal ended it. */
  ended: Promise<number | null>
  stop(): Promise<void>
}

/** Starts anvil (chain 31337) and waits until it listens. @throws when it does not, with what it said */
export async function startAnvil(init: AnvilInit = {}): Promise<Anvil> {
  const { port = 0, flags = [], timeoutMs = 10_000, signal } = init
  const child = spawn(foundryBinary('anvil'), ['--port', `${port}`, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
    child.once('error', () => resolve(null))
  })
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  signal?.addEventListener('abort', () => void stop(), { once: true })

  let said = ''
  const listening = new Promise<string>((resolve, reject) => {
    let isListening = false
    const listen = (chunk: Buffer) => {
      if (isListening) return // It goes on and names every call.
      said += chunk
      const url = /Listening on ([\d.:]+)/.exec(said)?.[1]
      if (!url) return
      isListening = true
      resolve(`http://${url}`)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`anvil ended with ${code}: ${said}`)))
    setTimeout(() => reject(new Error(`anvil does not listen: ${said}`)), timeoutMs).unref()
  })
  try {
    return { url: await listening, pid: child.pid, ended, stop }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

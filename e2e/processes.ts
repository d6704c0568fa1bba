/**
 * Starts what a person starts, as real processes.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

export type Running = {
  child: ChildProcess
  /** Everything printed so far, both streams. */
  output(): string
  /** Resolves with the line that contains `text`. @throws when the process ends or takes too long */
  line(text: string, timeoutMs?: number): Promise<string>
  /** The exit code, or the signal's name. */
  exited: Promise<number | string | null>
  /** Asks it to end and waits for that. */
  end(signal?: NodeJS.Signals): Promise<number | string | null>
}

type RunOptions = { cwd?: string; stdin?: 'ignore' | 'pipe'; env?: Record<string, string> }

export function run(command: string, args: string[], options: RunOptions = {}): Running {
  const { cwd = root, stdin = 'ignore' } = options
  const env = { ...process.env, ...options.env }
  const child = spawn(command, args, { cwd, env, stdio: [stdin, 'pipe', 'pipe'], detached: false })
  let text = ''
  const waiting = new Set<() => void>()
  const append = (data: Buffer) => {
    text += data
    for (const look of waiting) look()
  }
  child.stdout?.on('data', append)
  child.stderr?.on('data', append)
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? signal)
      for (const look of waiting) look()
    })
  })
  return {
    child,
    output: () => text,
    exited,
    line: (wanted, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => finish(new Error(`No "${wanted}" in:\n${text}`)), timeoutMs)
        function finish(result: string | Error) {
          clearTimeout(timer)
          waiting.delete(look)
          result instanceof Error ? reject(result) : resolve(result)
        }
        function look() {
          const complete = text.slice(0, text.lastIndexOf('\n') + 1)
          const found = complete.split('\n').find((line) => line.includes(wanted))
          if (found !== undefined) finish(found)
          else if (child.exitCode !== null) finish(new Error(`Ended before "${wanted}":\n${text}`))
        }
        waiting.add(look)
        look()
      }),
    end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return exited
    },
  }
}

export type Relay = Running & { address: string; http: string }

export async function startRelay(port: number, keyFile: string, ...more: string[]): Promise<Relay> {
  const place = ['--port', `${port}`, '--http-port', `${port + 1}`, '--key-file', keyFile]
  const flags = [...place, ...more]
  const running = run(process.execPath, ['apps/relay/src/main.ts', ...flags])
  const { address, http } = JSON.parse(await running.line('"ready":true'))
  return { ...running, address, http }
}

export async function startSite(init: {
  port: number
  relay: Pick<Relay, 'address' | 'http'>
  stateFolder: string
}): Promise<Running & { url: string }> {
  const { port, relay, stateFolder } = init
  const joined = ['--relay', relay.address, '--relay-http', relay.http]
  const place = ['--port', `${port}`, '--state', stateFolder, ...joined]
  const flags = ['--no-open', '--no-resident', ...place]
  const running = run(process.execPath, ['apps/weft/src/start.ts', ...flags])
  const line = await running.line('Weft is ready: ', 120_000)
  return { ...running, url: line.replace('Weft is ready: ', '').trim() }
}

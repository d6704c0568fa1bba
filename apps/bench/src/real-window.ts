/**
 * A window of a real Chromium whose tabs are truly hidden when another one is in front of them. Plain
 * CDP, because Playwright makes each of its pages believe that it has the focus; a virtual screen where
 * there is none, because headless Chromium throttles nothing.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromiumFlags, chromiumSandbox, findChromium } from '@weft/weft/chromium'

export type RealTab = {
  /** Runs an expression in the page. @returns its value; of a promise what it resolves to */
  evaluate<Value>(expression: string): Promise<Value>
  /** Brings it in front of the other tabs, which hides them. */
  show(): Promise<void>
}

export type RealWindow = {
  open(url: string): Promise<RealTab>
  close(): Promise<void>
}

const startMs = 20_000
/** The longest thing that a page does for one: it loads a model and tries it. */
const evaluateMs = 180_000

/** @throws Error when there is no Chromium, no screen to show it on, or it does not start */
export async function openRealWindow(): Promise<RealWindow> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium was found. Install one, or set CHROMIUM_PATH.')
  const screen = await openScreen()
  const profile = await mkdtemp(join(tmpdir(), 'weft-window-'))
  const flags = [
    ...chromiumFlags.quiet,
    ...(chromiumSandbox ? [] : ['--no-sandbox']),
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    'about:blank',
  ]
  const browser = spawn(found.executablePath, flags, { stdio: 'ignore', env: screen.env })
  const close = async () => {
    await end(browser)
    screen.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const port = await readPort(profile)
    const ask = async (path: string, method = 'GET') =>
      fetch(`http://127.0.0.1:${port}/json/${path}`, { method })
    return {
      async open(url) {
        const target = await (await ask(`new?${encodeURIComponent(url)}`, 'PUT')).json()
        const { evaluate } = await attach(target.webSocketDebuggerUrl)
        await loaded(evaluate, url)
        return { evaluate, show: async () => void (await ask(`activate/${target.id}`)) }
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The desktop's own screen where there is no Xvfb. */
async function openScreen(): Promise<{ env: NodeJS.ProcessEnv; close(): void }> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const display = await new Promise<string | null>((resolve) => {
    server.once('error', () => resolve(null))
    server.stdio[3]?.once('data', (data) => resolve(String(data).trim()))
  })
  if (display !== null) {
    return { env: { ...process.env, DISPLAY: `:${display}` }, close: () => server.kill() }
  }
  if (process.platform === 'linux' && !process.env.DISPLAY) {
    throw new Error('There is no screen for a window. Install Xvfb.')
  }
  return { env: process.env, close: () => {} }
}

async function readPort(profile: string): Promise<string> {
  const endMs = Date.now() + startMs
  for (;;) {
    try {
      const [port = ''] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n')
      if (port) return port
    } catch {
      // It has not started yet.
    }
    if (Date.now() > endMs) throw new Error('Chromium does not start.')
    await sleep(100)
  }
}

async function loaded(evaluate: RealTab['evaluate'], url: string): Promise<void> {
  const isLoaded = `location.href.startsWith(${JSON.stringify(url)}) && document.readyState === 'complete'`
  const endMs = Date.now() + startMs
  while (!(await evaluate<boolean>(isLoaded).catch(() => false))) {
    if (Date.now() > endMs) throw new Error(`${url} does not load.`)
    await sleep(100)
  }
}

async function attach(url: string): Promise<Pick<RealTab, 'evaluate'>> {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let count = 0
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data))
    const problem = error?.message ?? result?.exceptionDetails?.exception?.description
    if (problem) waiting.get(id)?.reject(new Error(problem))
    else waiting.get(id)?.resolve(result?.result?.value)
    waiting.delete(id)
  })
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The tab is gone.'))
  })
  return {
    async evaluate<Value>(expression: string) {
      count += 1
      const answer = Promise.withResolvers<unknown>()
      waiting.set(count, answer)
      const late = setTimeout(() => answer.reject(new Error('The page is silent.')), evaluateMs)
      const params = { expression, awaitPromise: true, returnByValue: true }
      socket.send(JSON.stringify({ id: count, method: 'Runtime.evaluate', params }))
      return (await answer.promise.finally(() => clearTimeout(late))) as Value
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  await ended
}

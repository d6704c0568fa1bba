/**
 * A real Redis: the `redis-server` of this machine (`apt-get install redis-server`), or the one that
 * `WEFT_TEST_REDIS` names. npm has none.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'

const named = process.env.WEFT_TEST_REDIS
const port = 30_000 + (process.pid % 20_000)
const startMs = 20_000

/** Where there is neither, nothing of it is tested. */
export const hasRedis = named !== undefined || spawnSync('redis-server', ['--version']).status === 0

/** Empty, unless it was named. @throws Error where it does not start */
export async function startRedis(): Promise<{ url: string; stop(): void }> {
  if (named) return { url: named, stop() {} }
  const flags = ['--port', `${port}`, '--save', '', '--bind', '127.0.0.1']
  const server: ChildProcess = spawn('redis-server', flags)
  const stop = () => void server.kill('SIGKILL')
  let said = ''
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`redis-server ${reason}: ${said}`))
      timer = setTimeout(fail, startMs, `did not start in ${startMs / 1000} s`)
      server.stdout?.on('data', (data) => {
        said += data
        if (said.includes('Ready to accept')) resolve()
      })
      server.once('error', reject)
      server.once('exit', (code) => fail(`ended with ${code}`))
    })
  } catch (error) {
    stop()
    throw error
  } finally {
    clearTimeout(timer)
  }
  return { url: `redis://127.0.0.1:${port}`, stop }
}

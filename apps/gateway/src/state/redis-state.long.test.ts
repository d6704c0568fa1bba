/**
 * Against a real Redis: the `redis-server` of this machine (`apt-get install redis-server`), or the one that
 * `WEFT_TEST_REDIS` names. npm has none, so where there is neither nothing is tested.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRedisState } from './redis-state.ts'
import { testState } from './test-state.ts'

const named = process.env.WEFT_TEST_REDIS
const hasServer = spawnSync('redis-server', ['--version']).status === 0
const port = 30_000 + (process.pid % 20_000)
const url = named ?? `redis://127.0.0.1:${port}`
let server: ChildProcess | undefined

beforeAll(async () => {
  if (named || !hasServer) return
  server = spawn('redis-server', ['--port', `${port}`, '--save', '', '--bind', '127.0.0.1'])
  await new Promise<void>((resolve, reject) => {
    server?.stdout?.on('data', (data) => /Ready to accept/.test(String(data)) && resolve())
    server?.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
  })
})
afterAll(() => void server?.kill('SIGKILL'))

if (named || hasServer) testState('Redis', () => openRedisState(url))

test('a Redis that is not there is said so', async () => {
  await expect(openRedisState('redis://127.0.0.1:1')).rejects.toMatchObject({
    code: 'gateway/state',
  })
})

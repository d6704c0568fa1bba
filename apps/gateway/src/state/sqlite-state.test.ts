import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterAll, expect, test } from 'vitest'
import { openSqliteState } from './sqlite-state.ts'
import { testState } from './test-state.ts'

const folder = await mkdtemp(join(tmpdir(), 'weft-gateway-'))
afterAll(() => rm(folder, { recursive: true }))

testState('SQLite', async () => openSqliteState(join(folder, 'state.sqlite')))

/** Moves what is held to what is spent, one by one, in this order: both together are never less than they were. */
const mover = `
  const { DatabaseSync } = require('node:sqlite')
  const { parentPort, workerData } = require('node:worker_threads')
  const database = new DatabaseSync(workerData)
  database.exec('PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF')
  const change = database.prepare('UPDATE counters SET total = total + ? WHERE name = ?')
  for (let moved = 0; ; moved++) {
    change.run(1, 'spent')
    change.run(-1, 'held')
    if (moved === 0) parentPort.postMessage('moving')
  }`

test('what several counters have is read at one moment, while another process writes', async () => {
  const path = join(folder, 'moving.sqlite')
  const state = openSqliteState(path)
  const total = 1_000_000_000n
  await state.add('held', total, 600_000)
  await state.add('spent', 0n, 600_000)
  const worker = new Worker(mover, { eval: true, workerData: path })
  const died = new Promise<never>((_, reject) => worker.once('error', reject))
  await Promise.race([new Promise((resolve) => worker.once('message', resolve)), died])
  const others = Array.from({ length: 1_000 }, (_, index) => `other/${index}`)
  const seen = new Set<bigint>()
  let before = 0n
  while (before < 100n) {
    seen.add(await state.add('own', 0n, 600_000, ['spent', ...others, 'held']))
    before = await state.read('spent')
    // SQLite gives nobody a turn: without a pause the other one waits until it gives up.
    await Promise.race([pause(5), died])
  }
  await worker.terminate()
  await state.close()
  expect([total, total + 1n]).toEqual(expect.arrayContaining([...seen]))
}, 20_000)

test('a file that cannot be written is said so', () => {
  const path = join(folder, 'no', 'state.sqlite')
  expect(() => openSqliteState(path)).toThrow(expect.objectContaining({ code: 'gateway/state' }))
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSqliteState } from './sqlite-state.ts'
import { testState } from './test-state.ts'

const folder = await mkdtemp(join(tmpdir(), 'weft-gateway-'))
afterAll(() => rm(folder, { recursive: true }))

testState('SQLite', async () => openSqliteState(join(folder, 'state.sqlite')))

test('a file that cannot be written is said so', () => {
  const path = join(folder, 'no', 'state.sqlite')
  expect(() => openSqliteState(path)).toThrow(expect.objectContaining({ code: 'gateway/state' }))
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedis, startRedis } from '../testing/redis-server.ts'
import { openRedisState } from './redis-state.ts'
import { testState } from './test-state.ts'

describe.runIf(hasRedis)('a server of this machine', () => {
  let server: Awaited<ReturnType<typeof startRedis>>
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  testState('Redis', () => openRedisState(server.url))
})

test('a Redis that is not there is said so', async () => {
  await expect(openRedisState('redis://127.0.0.1:1')).rejects.toMatchObject({
    code: 'gateway/state',
  })
})

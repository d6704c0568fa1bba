/**
 * What any shared state has to do, as tests.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SharedState, sharedSecret, takeQuota } from './shared-state.ts'

/** @param open - opens the same one again each time */
export function testState(name: string, open: () => Promise<SharedState>): void {
  describe(name, () => {
    let state: SharedState
    const unique = () => crypto.randomUUID()

    beforeAll(async () => {
      state = await open()
    })
    afterAll(() => state.close())

    test('counts exactly, beyond what a double holds, up and down', async () => {
      const counter = unique()
      expect(await state.read(counter)).toBe(0n)
      expect(await state.add(counter, 2n ** 60n, 60_000)).toBe(2n ** 60n)
      expect(await state.add(counter, 1n, 60_000)).toBe(2n ** 60n + 1n)
      expect(await state.add(counter, -3n, 60_000)).toBe(2n ** 60n - 2n)
      expect(await state.read(counter)).toBe(2n ** 60n - 2n)
    })

    test('a counter whose time is over begins anew', async () => {
      const counter = unique()
      await state.add(counter, 5n, 20)
      await expect.poll(() => state.read(counter), { timeout: 2_000 }).toBe(0n)
      expect(await state.add(counter, 2n, 60_000)).toBe(2n)
    })

    test('of fifty who take a name at once one has it, and another once it is given back', async () => {
      const taken = unique()
      const claims = await Promise.all(Array.from({ length: 50 }, () => state.claim(taken, 60_000)))
      expect(claims.filter(Boolean)).toHaveLength(1)
      await state.release(taken)
      expect(await state.claim(taken, 20)).toBe(true)
      await expect.poll(() => state.claim(taken, 60_000), { timeout: 2_000 }).toBe(true)
    })

    test('keeps a text for its time, and what was written last', async () => {
      const kept = unique()
      expect(await state.find(kept)).toBeNull()
      await state.keep(kept, 'one', 60_000)
      await state.keep(kept, 'two ✓', 60_000)
      expect(await state.find(kept)).toBe('two ✓')
      await state.keep(kept, 'three', 20)
      await expect.poll(() => state.find(kept), { timeout: 2_000 }).toBeNull()
    })

    test('another process sees it all, and so does the next one', async () => {
      const [counter, taken] = [unique(), unique()]
      await state.add(counter, 7n, 60_000)
      await state.claim(taken, 60_000)
      const other = await open()
      expect(await other.add(counter, 1n, 60_000)).toBe(8n)
      expect(await other.claim(taken, 60_000)).toBe(false)
      await other.close()
      expect(await state.read(counter)).toBe(8n)
    })

    test('those who make a secret at once have the same one', async () => {
      const name = unique()
      const secrets = await Promise.all([1, 2, 3].map(() => sharedSecret(state, name)))
      expect(new Set(secrets.map((secret) => secret.join())).size).toBe(1)
      expect(secrets[0]).toHaveLength(32)
    })

    test('a window gives no more than it has, and less is given back', async () => {
      const init = { counter: unique(), max: 10n, windowMs: 60_000, nowMs: 90_000 }
      const first = await takeQuota(state, { ...init, amount: 8n })
      expect(await takeQuota(state, { ...init, amount: 3n })).toEqual({
        isFree: false,
        retryAfterMs: 30_000,
      })
      if (first.isFree) await first.giveBack(5n)
      expect(await takeQuota(state, { ...init, amount: 7n })).toMatchObject({ isFree: true })
      expect(await takeQuota(state, { ...init, amount: 1n })).toMatchObject({ isFree: false })
      const next = { ...init, nowMs: 120_000, amount: 10n }
      expect(await takeQuota(state, next)).toMatchObject({ isFree: true })
    })
  })
}

/**
 * What any shared state has to do, as tests.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reserveQuota, type SharedState, sharedSecret, takeQuota } from './shared-state.ts'

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

    test('what is set aside counts until it is settled, and of who is gone until its time is over', async () => {
      const init = { counter: unique(), max: 10n, windowMs: 3_600_000, heldMs: 60_000 }
      const ask = (amount: bigint, nowMs: number) => reserveQuota(state, { ...init, amount, nowMs })
      const settled = await ask(6n, 14_000)
      expect(await ask(4n, 14_000)).toMatchObject({ isFree: true })
      expect(await ask(1n, 79_999)).toEqual({ isFree: false })
      if (settled.isFree) await settled.settle(3n)
      expect(await ask(4n, 59_999)).toEqual({ isFree: false })
      // The four of who never settled are free again, the three that were spent are not.
      expect(await ask(8n, 80_000)).toEqual({ isFree: false })
      expect(await ask(7n, 80_000)).toMatchObject({ isFree: true })
    })

    test('who holds it for long and who for a moment see what the other has set aside', async () => {
      const init = { counter: unique(), amount: 5n, max: 10n, windowMs: 3_600_000, nowMs: 1_000 }
      const ask = (heldMs: number, nowMs = 1_000) => reserveQuota(state, { ...init, heldMs, nowMs })
      expect(await ask(6_000)).toMatchObject({ isFree: true })
      expect(await ask(605_000)).toMatchObject({ isFree: true })
      for (const heldMs of [6_000, 60_000, 605_000, 3_605_000]) {
        expect(await ask(heldMs)).toEqual({ isFree: false })
      }
      // The moment is over, the rest is not.
      expect(await ask(3_605_000, 10_000)).toMatchObject({ isFree: true })
      expect(await ask(6_000, 10_000)).toEqual({ isFree: false })
    })

    test('of fifty who set something aside at once as many get it as there is room for', async () => {
      const [counter, other] = [unique(), await open()]
      const init = { counter, amount: 1n, max: 7n, windowMs: 3_600_000, heldMs: 60_000 }
      const asked = Array.from({ length: 50 }, (_, index) =>
        reserveQuota(index % 2 ? state : other, { ...init, nowMs: 1_000 }),
      )
      const free = (await Promise.all(asked)).filter(({ isFree }) => isFree)
      await other.close()
      expect(free).toHaveLength(7)
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

/**
 * What whoever keeps accounts must do: one suite for all of them.
 * @module
 */
import { expect, test } from 'vitest'
import type { LedgerStore } from '../ledger.ts'

export type LedgerTestEntry = {
  id: string
  wei: bigint
  bytes: Uint8Array
  inner: { at: number | null }
}

const entry = (id: string, wei = 1n): LedgerTestEntry => ({
  id,
  wei,
  bytes: Uint8Array.of(1, 2),
  inner: { at: null },
})

/** @param openStore - opens the same place every time, as another page would */
export function testLedgers(
  name: string,
  openStore: () => Promise<LedgerStore<LedgerTestEntry>>,
): void {
  const idsIn = ({ records }: { records: readonly LedgerTestEntry[] }) =>
    records.map(({ id }) => id).sort()

  test(`${name}: what was put is there for whoever opens it next`, async () => {
    const ledger = await (await openStore()).open('kept')
    expect(ledger.records).toEqual([])
    await ledger.put(entry('a'), entry('b'))
    await ledger.put(entry('a', 2n ** 96n - 1n))
    await ledger.remove('b')
    await ledger.remove('never there')
    const { records } = await (await openStore()).open('kept')
    expect(records).toEqual([entry('a', 2n ** 96n - 1n)])
  })

  test(`${name}: what a record leaves behind is written as it goes`, async () => {
    const ledger = await (await openStore()).open('left')
    await ledger.put(entry('a'), entry('b'))
    await ledger.remove('a', entry('b', 2n), entry('c'))
    const { records } = await (await openStore()).open('left')
    expect(records.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([entry('b', 2n), entry('c')])
  })

  test(`${name}: owners do not see each other`, async () => {
    const store = await openStore()
    for (const owner of ['x', 'x/y', 'xy', 'w']) await (await store.open(owner)).put(entry(owner))
    for (const owner of ['x', 'x/y', 'xy', 'w']) {
      expect(idsIn(await (await openStore()).open(owner))).toEqual([owner])
    }
  })

  test(`${name}: who is opened again may write no more, and has written nothing`, async () => {
    const [first, second] = [await openStore(), await openStore()]
    const before = await first.open('contested')
    await before.put(entry('a'))
    const after = await second.open('contested')
    await expect(before.put(entry('a', 7n), entry('b'))).rejects.toMatchObject({
      code: 'storage/taken-over',
    })
    await expect(before.remove('a')).rejects.toMatchObject({ code: 'storage/taken-over' })
    await after.put(entry('c'))
    const { records } = await first.open('contested')
    expect(records.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([entry('a'), entry('c')])
  })

  test(`${name}: of two that write at the same moment, one that is too late changes nothing`, async () => {
    const first = await (await openStore()).open('race')
    const writes = Array.from({ length: 20 }, (_, index) => first.put(entry('a', BigInt(index))))
    const second = await (await openStore()).open('race')
    await second.put(entry('b'))
    const settled = await Promise.allSettled(writes)
    const written = settled.findLastIndex(({ status }) => status === 'fulfilled')
    const expected = written < 0 ? ['b'] : ['a', 'b']
    const { records } = await (await openStore()).open('race')
    expect(idsIn({ records })).toEqual(expected)
    if (written >= 0) expect(records.find(({ id }) => id === 'a')?.wei).toBe(BigInt(written))
  })
}

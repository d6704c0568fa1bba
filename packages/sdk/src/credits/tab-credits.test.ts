import { drawSecret, identityOf, nullifierOf, type Purchase } from '@weft/payments/credits'
import type { Hex } from '@weft/protocol'
import { expect, test } from 'vitest'
import { createTabCredits } from './tab-credits.ts'

const keyOf = (digit: string) => `0x${digit.repeat(40)}` as Hex
const noKey = keyOf('0')
const at = { chainId: 31_337, contract: keyOf('9'), denomination: 0 }

/** A browser that is closed each time before a proof is done: its tickets are set aside and not sent. */
function openBrowser() {
  const kept = new Map<Hex, Purchase>()
  const store = {
    list: async () => [...kept.values()],
    put: async (purchase: Purchase) => void kept.set(purchase.id, purchase),
    change: async (id: Hex, change: (purchase: Purchase) => Purchase) => {
      const before = kept.get(id)
      if (before) kept.set(id, change(before))
      return kept.get(id)
    },
  }
  const prover = () => Promise.reject(new Error('closed'))
  const credits = createTabCredits({ store, prover })
  const keys = () => [...kept.values()].map((purchase) => purchase.keys)
  return { credits, store, keys }
}

/** What a chain says of one purchase of four tickets; `used` by index: for which key, null for a withdrawn one. */
function chainWith(secret: bigint, used: ReadonlyMap<number, Hex | null>) {
  const member = { owner: keyOf('8'), count: 4n, expiry: 1n, isBondTaken: false, isChange: false }
  const byNullifier = new Map([...used].map(([i, key]) => [nullifierOf(secret, at, i), key]))
  return {
    members: async () => [{ ...member, identity: identityOf(secret) }],
    member: async (_: number, identity: bigint) => ({ ...member, identity }),
    isUsed: async (nullifier: bigint) => byNullifier.has(nullifier),
    spent: async (nullifier: bigint) => {
      const key = byNullifier.get(nullifier)
      return key ? { x: 1n, y: 1n, key } : null
    },
  }
}

async function bought() {
  const browser = openBrowser()
  const { id } = await browser.credits.prepare(at, 4)
  const text = await browser.credits.backup(id)
  const secret = BigInt((await browser.store.list())[0]?.secret ?? 0)
  const spend = async (key: Hex, used: ReadonlyMap<number, Hex | null>) => {
    const spent = browser.credits.spend({ id, key, reader: chainWith(secret, used), nowMs: 0 })
    await expect(spent).rejects.toThrow('closed')
  }
  return { ...browser, id, text, secret, spend }
}

test('what a browser has set aside stays so when its purchase is restored over it', async () => {
  const { credits, keys, text, secret, spend } = await bought()
  await spend(keyOf('a'), new Map())
  await spend(keyOf('b'), new Map())
  await spend(keyOf('c'), new Map())
  // The second was sent, the first and the third were not.
  const used = new Map([[1, keyOf('b')]])
  await credits.restore(text, chainWith(secret, used))
  expect(keys()).toEqual([[keyOf('a'), keyOf('b'), keyOf('c')]])
  await spend(keyOf('d'), used)
  expect(keys()).toEqual([[keyOf('a'), keyOf('b'), keyOf('c'), keyOf('d')]])
})

test('elsewhere no ticket is had again below one that the chain knows of', async () => {
  const { text, secret } = await bought()
  const elsewhere = openBrowser()
  const used = new Map([
    [1, keyOf('b')],
    [2, null],
  ])
  await elsewhere.credits.restore(text, chainWith(secret, used))
  expect(elsewhere.keys()).toEqual([[noKey, keyOf('b'), noKey]])
})

test('a ticket that was used elsewhere meanwhile is no longer that of the key it was set aside for', async () => {
  const { credits, keys, text, secret, spend } = await bought()
  await spend(keyOf('a'), new Map())
  const used = new Map([[0, keyOf('e')]])
  await credits.restore(text, chainWith(secret, used))
  await spend(keyOf('a'), used)
  expect(keys()).toEqual([[keyOf('e'), keyOf('a')]])
})

test('a purchase that the chain does not know is not kept', async () => {
  const { credits, keys } = openBrowser()
  const text = `weft-credit-1:1:${keyOf('9')}:0:0x${drawSecret().toString(16).padStart(64, '0')}`
  const reader = { ...chainWith(1n, new Map()), member: async () => null }
  await expect(credits.restore(text, reader)).rejects.toMatchObject({ code: 'payments/no-member' })
  expect(keys()).toEqual([])
})

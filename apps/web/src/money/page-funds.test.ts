import {
  type CollateralOnChain,
  channelIdOf,
  returnableWei,
  saltToAllow,
} from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'
import { expect, test } from 'vitest'
import { readPageFunds } from './page-funds.ts'

const payer = `0x${'aa'.repeat(20)}` as Hex
const signer = `0x${'bb'.repeat(20)}` as Hex
const nowMs = 1_000_000
const salt = (index: number) => `0x${index.toString(16).padStart(64, '0')}` as Hex

/** Collaterals of the payer's first channels; nobody has authorised what is not listed. */
function read(...channels: Partial<CollateralOnChain>[]) {
  const empty = { capWei: 0n, committedWei: 0n, bondWei: 0n }
  const none = { ...empty, expiry: 0, isDisputed: false, availableAt: 0 }
  const readCollateral = async ({ channelId }: { channelId: Hex }) => {
    const index = channels.findIndex((_, each) => channelIdOf(payer, salt(each)) === channelId)
    return { ...none, ...channels[index] }
  }
  return readPageFunds(
    { readCollateral, withdrawDelay: 60 },
    { payer, signer, otherSigners: [], nowMs },
  )
}

const open = { capWei: 5n, expiry: 1_001 }
const over = { capWei: 5n, committedWei: 2n, expiry: 1_000 }

test('a page that nobody lets spend begins with the first channel', async () => {
  expect(await read()).toMatchObject({ current: null, past: [], nextSalt: salt(0) })
})

test('a page that may spend goes on in its channel', async () => {
  const funds = await read(open)
  expect(funds).toMatchObject({ current: { salt: salt(0), collateral: open }, nextSalt: salt(0) })
})

test('what is over stays listed while money is in it, and the next one begins behind', async () => {
  const emptied = { ...over, committedWei: 5n }
  const spent = { ...emptied, bondWei: 1n }
  const disputed = { ...open, isDisputed: true }
  const funds = await read(over, emptied, disputed, spent, open)
  expect(funds.past.map((each) => each.salt)).toEqual([salt(0), salt(2), salt(3)])
  expect(funds.past.map(({ collateral }) => returnableWei(collateral))).toEqual([3n, 5n, 1n])
  expect(funds.current?.salt).toBe(salt(4))
  expect((await read(over)).nextSalt).toBe(salt(1))
})

test('a key that was let spend as often as it is looked for is let no more', async () => {
  const used = (times: number) => read(...Array.from({ length: times }, () => over))
  const last = await used(63)
  expect(last.nextSalt).toBe(salt(63))
  expect(saltToAllow(last)).toBe(salt(63))
  const none = await used(64)
  expect(none).toMatchObject({ current: null, nextSalt: null })
  expect(none.past).toHaveLength(64)
  expect(() => saltToAllow(none)).toThrow('Nothing was sent')
  // While the last one lasts, it can be raised.
  expect(saltToAllow(await read(...Array.from({ length: 63 }, () => over), open))).toBe(salt(63))
})

test('what other keys of this browser have left comes back here, and what they may spend does not', async () => {
  const none = { capWei: 0n, committedWei: 0n, bondWei: 0n, expiry: 0 }
  const ended = `0x${'cc'.repeat(20)}` as Hex
  const spending = `0x${'dd'.repeat(20)}` as Hex
  const readCollateral = async ({ channelId, signer }: { channelId: Hex; signer: Hex }) => {
    const own = { [ended]: over, [spending]: open }[signer]
    const known = channelId === channelIdOf(payer, salt(0)) ? own : undefined
    return { ...none, isDisputed: false, availableAt: 0, ...known }
  }
  const funds = await readPageFunds(
    { readCollateral, withdrawDelay: 60 },
    { payer, signer, otherSigners: [ended, signer, spending], nowMs },
  )
  expect(funds).toMatchObject({ current: null, past: [{ signer: ended, salt: salt(0) }] })
  expect(funds.elsewhere).toMatchObject([{ signer: spending, collateral: { capWei: 5n } }])
})

test('all that other keys have left comes back, however many, and those with nothing left are named', async () => {
  const none = { capWei: 0n, committedWei: 0n, bondWei: 0n, expiry: 0 }
  const key = (index: number) => `0x${index.toString(16).padStart(40, '0')}` as Hex
  const keys = Array.from({ length: 100 }, (_, index) => key(index))
  const [spent, unseen] = [key(98), key(99)]
  let [reading, most] = [0, 0]
  const readCollateral = async ({ channelId, signer }: { channelId: Hex; signer: Hex }) => {
    most = Math.max(most, ++reading)
    await Promise.resolve()
    reading -= 1
    const isFirst = channelId === channelIdOf(payer, salt(0)) && keys.includes(signer)
    const left = signer === spent ? { ...over, committedWei: 5n } : over
    const known = isFirst && signer !== unseen ? left : undefined
    return { ...none, isDisputed: false, availableAt: 0, ...known }
  }
  const funds = await readPageFunds(
    { readCollateral, withdrawDelay: 60 },
    { payer, signer, otherSigners: keys, nowMs },
  )
  expect(funds.past.map((each) => each.signer)).toEqual(keys.slice(0, 98))
  expect(funds.emptied).toEqual([spent])
  expect(most).toBeLessThanOrEqual(16)
})

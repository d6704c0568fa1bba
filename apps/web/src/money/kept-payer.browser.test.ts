import type { Hex } from '@weft/protocol'
import { beforeEach, expect, test } from 'vitest'
import { forgetKeptPayer, keysOfPayer, readKeptPayer, writeKeptPayer } from './kept-payer.ts'

const address: Hex = `0x${'ab'.repeat(20)}`
const payer: Hex = `0x${'cd'.repeat(20)}`

beforeEach(() => localStorage.clear())

test('each tab finds the payer that it was left with', () => {
  writeKeptPayer(address, { chainId: 31_337, payer })
  expect(readKeptPayer(address)).toEqual({ chainId: 31_337, payer })
  expect(readKeptPayer(payer)).toBeNull()
})

test.each([
  ['null'],
  ['not JSON'],
  ['[]'],
  [JSON.stringify({ chainId: '1', payer })],
  [JSON.stringify({ chainId: 1, payer: '0x12' })],
  [JSON.stringify({ chainId: 1 })],
])('%s is nobody', (kept) => {
  localStorage.setItem(`weft.payer.${address}`, kept)
  expect(readKeptPayer(address)).toBeNull()
})

test('a payer has the keys that it lets spend on that chain', () => {
  const other: Hex = `0x${'01'.repeat(20)}`
  const elsewhere: Hex = `0x${'02'.repeat(20)}`
  writeKeptPayer(address, { chainId: 1, payer })
  writeKeptPayer(other, { chainId: 1, payer })
  writeKeptPayer(elsewhere, { chainId: 2, payer })
  localStorage.setItem('weft.payer.nobody', JSON.stringify({ chainId: 1, payer }))
  localStorage.setItem('weft.payAtMost', '"1"')
  const mixedCase: Hex = `0x${'Cd'.repeat(20)}`
  expect(keysOfPayer({ chainId: 1, payer: mixedCase }).toSorted()).toEqual([other, address])
})

test('a key that is forgotten is no key of that payer, and stays one of another that it has since', () => {
  const kept = { chainId: 1, payer }
  writeKeptPayer(address, kept)
  forgetKeptPayer(address, { chainId: 2, payer })
  expect(keysOfPayer(kept)).toEqual([address])
  forgetKeptPayer(address, kept)
  expect(keysOfPayer(kept)).toEqual([])
})

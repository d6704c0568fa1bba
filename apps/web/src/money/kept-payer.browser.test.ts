import type { Hex } from '@weft/protocol'
import { beforeEach, expect, test } from 'vitest'
import { readKeptPayer, writeKeptPayer } from './kept-payer.ts'

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

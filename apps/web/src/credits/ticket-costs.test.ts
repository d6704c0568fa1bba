import { expect, test } from 'vitest'
import { ticketLines } from './ticket-costs.ts'

const weft = 10n ** 18n
/** As the contract reckons them: 1 % for who submits, a tenth of the cap locked beside it, a tenth as the bond. */
const denominations = [1n, 10n, 100n].map((tokens) => {
  const valueWei = tokens * weft
  const [capWei, bondWei, feeWei] = [(valueWei * 9n) / 10n, valueWei / 10n, valueWei / 100n]
  return { valueWei, capWei, bondWei, feeWei }
})
const linesOf = (index: number) => ticketLines(index, denominations).join('\n')

test('what leaves the wallet for a ticket is said to the end, and the parts are the whole', () => {
  for (const [index, [price, spend, submitter, locked, bond]] of [
    ['1.10', '0.90', '0.01', '0.09', '0.10'],
    ['11.00', '9.00', '0.10', '0.90', '1.00'],
    ['110.00', '90.00', '1.00', '9.00', '10.00'],
  ].entries()) {
    const lines = linesOf(index)
    expect(lines).toContain(`costs ${price} WEFT`)
    expect(lines).toContain(`${spend} WEFT can be spent on answers`)
    expect(lines).toContain(`${submitter} WEFT goes to whoever submits`)
    expect(lines).toContain(`${locked} WEFT is locked`)
    expect(lines).toContain(`${bond} WEFT is your bond`)
  }
})

test('what a key has left of the smallest ticket is lost, and so it says', () => {
  expect(linesOf(0)).toContain('never enough for another ticket: it is lost')
  expect(linesOf(0)).not.toContain('can buy')
})

test('what a key has left of a larger one buys smaller ones, and it is said from how much on', () => {
  // 1.00, its bond and what submits it are 1.11, of which 0.90 is locked anyhow.
  expect(linesOf(1)).toContain('1.11 WEFT for a ticket of 1.00 WEFT')
  expect(linesOf(1)).toContain('if 0.21 WEFT or more was not spent')
  expect(linesOf(2)).toContain('1.11 WEFT for a ticket of 1.00 WEFT')
  expect(linesOf(2)).not.toContain('or more was not spent')
})

test('a ticket that is not used is not lost', () => {
  expect(linesOf(1)).toContain('not used can be given back: all 10.00 WEFT to the wallet')
})

test('there is no line about a denomination that is not there', () => {
  expect(ticketLines(3, denominations)).toEqual([])
})

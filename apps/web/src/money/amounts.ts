/**
 * Amounts of the token between wei, which count, and decimals, which people read. In bigints all the way: a
 * number would round what it cannot hold.
 * @module
 */

const decimals = 18
const wholeWei = 10n ** BigInt(decimals)
/** What a slot of the contracts holds; the whole supply is far below. */
const maxWei = 2n ** 96n

/** Digits of an amount below 1 that are shown at least: less than a hundredth of it is left out. */
const shownDigits = 3
/** Decimals below 10: what answers cost still adds up. */
const shownDecimals = 4
const manyWei = 10n * wholeWei

export type ParsedAmount = { wei: bigint; problem?: never } | { wei?: never; problem: string }

/** @param text - as typed, e.g. `2`, `0.25` or `.5` */
export function parseAmount(text: string): ParsedAmount {
  const typed = text.trim()
  if (typed === '') return { problem: 'Write an amount.' }
  if (typed.includes(',')) return { problem: 'Write a point before the decimals, and no commas.' }
  if (typed.startsWith('-')) return { problem: 'It cannot be below 0.' }
  const [, whole = '', fraction = ''] = /^(\d*)\.?(\d*)$/.exec(typed) ?? []
  if (whole === '' && fraction === '') return { problem: 'Write a number, such as 0.25.' }
  if (fraction.replace(/0+$/, '').length > decimals) {
    return { problem: `It has ${decimals} decimals at most.` }
  }
  if (whole.length > decimals + decimals) return tooMuch
  const fractionWei = BigInt(fraction.slice(0, decimals).padEnd(decimals, '0'))
  const wei = BigInt(whole === '' ? '0' : whole) * wholeWei + fractionWei
  return wei < maxWei ? { wei } : tooMuch
}

const tooMuch = { problem: 'There is not so much of it.' }

/** All of it, e.g. `0.000000000000000001`: what `parseAmount` gives back unchanged. @param wei - from 0 */
export function exactAmount(wei: bigint): string {
  const fraction = fractionOf(wei).replace(/0+$/, '')
  return fraction === '' ? `${wei / wholeWei}` : `${wei / wholeWei}.${fraction}`
}

/**
 * Short, at least two decimals, and never more than there is: `1,234.50`, `0.25`, `0.000341`.
 * @param wei - from 0
 */
export function shortAmount(wei: bigint): string {
  const fraction = fractionOf(wei)
  if (wei >= manyWei) return `${(wei / wholeWei).toLocaleString('en')}.${fraction.slice(0, 2)}`
  const leading = wei < wholeWei ? fraction.length - fraction.replace(/^0+/, '').length : 0
  const shown = fraction.slice(0, Math.max(shownDecimals, leading + shownDigits)).replace(/0+$/, '')
  return `${wei / wholeWei}.${shown.padEnd(2, '0')}`
}

/** e.g. `0.25 WEFT` */
export function weft(wei: bigint): string {
  return `${shortAmount(wei)} WEFT`
}

/** Every digit, for receipts: `0.000341218 WEFT`. */
export function exactWeft(wei: bigint): string {
  return `${exactAmount(wei)} WEFT`
}

function fractionOf(wei: bigint): string {
  return (wei % wholeWei).toString().padStart(decimals, '0')
}

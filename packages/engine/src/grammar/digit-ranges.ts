/**
 * Decimal numbers between two integers, as EBNF.
 * @module
 */

/** Both ends belong to it; at most 15 digits each. */
export type IntegerRange = { least: number; most: number }

/**
 * @param hasFractions also what lies between the integers, to 15 decimals
 * @returns alternatives joined by `|`; with fractions they use a rule `fraction`
 */
export function digitRanges({ least, most }: IntegerRange, hasFractions = false): string {
  const alternatives: string[] = []
  const add = (sign: string, from: number, to: number, end: string) => {
    if (from > to) return
    for (const digits of naturals(from, to)) alternatives.push(`${sign}${digits}${end}`)
  }
  add('"-" ', Math.max(1, -most), -least, '')
  add('', Math.max(0, least), most, '')
  if (hasFractions) {
    // -m.d lies above -(m + 1), m.d below m + 1.
    add('"-" ', Math.max(0, -most), -least - 1, ' fraction')
    add('', Math.max(0, least), most - 1, ' fraction')
  }
  return alternatives.join(' | ')
}

/** @param from at least 0 */
function naturals(from: number, to: number): string[] {
  const low = String(from)
  const high = String(to)
  if (low.length === high.length) return [sameLength(low, high)]
  const nines = 10 ** low.length - 1
  return [sameLength(low, String(nines)), ...naturals(nines + 1, to)]
}

/** Digit strings of one length from `low` to `high`. */
function sameLength(low: string, high: string): string {
  const [first = '', last = ''] = [low[0], high[0]]
  const rest = low.length - 1
  const [lowRest, highRest] = [low.slice(1), high.slice(1)]
  if (rest === 0) return `[${first}-${last}]`
  if (first === last) return `"${first}" ${sameLength(lowRest, highRest)}`
  const isLowest = /^0*$/.test(lowRest)
  const isHighest = /^9*$/.test(highRest)
  const parts: string[] = []
  const from = Number(first) + (isLowest ? 0 : 1)
  const to = Number(last) - (isHighest ? 0 : 1)
  if (!isLowest) parts.push(`"${first}" ${sameLength(lowRest, '9'.repeat(rest))}`)
  if (from <= to) parts.push(`[${from}-${to}] [0-9]{${rest},${rest}}`)
  if (!isHighest) parts.push(`"${last}" ${sameLength('0'.repeat(rest), highRest)}`)
  return `(${parts.join(' | ')})`
}

/**
 * IEEE 754 binary16.
 * @module
 */

/** @param bits of half-precision numbers @returns the same numbers, exactly */
export function halvesToSingles(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, halfToSingle)
}

function halfToSingle(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

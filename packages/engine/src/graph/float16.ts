/**
 * IEEE 754 half precision by its bits; `Float16Array` is younger than the browsers that Weft runs in.
 * @module
 */
const scratch = new DataView(new ArrayBuffer(4))
let table: Float32Array | undefined

/** Every half there is, by its bits: 256 KiB, made at first use. */
function halves(): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
    if (exponent === 0) return sign * fraction * 2 ** -24
    return sign * (1024 + fraction) * 2 ** (exponent - 25)
  })
  return table
}

/** Exact. */
export function float32OfHalves(bits: Uint16Array): Float32Array {
  const values = halves()
  const result = new Float32Array(bits.length)
  // Not `from`: it goes through an iterator, twenty times slower.
  for (let index = 0; index < bits.length; index += 1) result[index] = values[bits[index] ?? 0] ?? 0
  return result
}

/** Rounded to nearest, ties to even; too large becomes infinity. */
export function halvesOfFloat32(values: Float32Array): Uint16Array {
  const result = new Uint16Array(values.length)
  for (let index = 0; index < values.length; index += 1)
    result[index] = halfBits(values[index] ?? 0)
  return result
}

function halfBits(value: number): number {
  scratch.setFloat32(0, value)
  const bits = scratch.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    const steps = Math.abs(value) * 2 ** 24
    const floor = Math.floor(steps)
    const odd = floor & 1
    const over = steps - floor
    return sign | (floor + (over > 0.5 || (over === 0.5 && odd) ? 1 : 0))
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1)
  return sign | ((rounded - 0x38000000) >>> 13)
}

import { expect, test } from 'vitest'
import { quantise } from './quantise.ts'

/** One block and a half of what a weight may be. */
const values = Float32Array.from(
  { length: 64 },
  (_, index) => Math.sin(index * 1.7) * (index < 32 ? 1 : 100),
)

function halfAt(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer).getFloat16(offset, true)
}

test('Q8_0 keeps every value within half a step of its block', () => {
  const bytes = quantise(values, 'Q8_0')
  expect(bytes.length).toBe(2 * 34)
  for (const [index, value] of values.entries()) {
    const block = (index >> 5) * 34
    const scale = halfAt(bytes, block)
    const level = new Int8Array(bytes.buffer)[block + 2 + (index % 32)] ?? 0
    expect(Math.abs(level * scale - value)).toBeLessThanOrEqual(
      0.5 * scale + 1e-3 * Math.abs(value),
    )
  }
})

test('Q4_0 keeps every value within a step of its block, low halves first', () => {
  const bytes = quantise(values, 'Q4_0')
  expect(bytes.length).toBe(2 * 18)
  for (const [index, value] of values.entries()) {
    const block = (index >> 5) * 18
    const scale = halfAt(bytes, block)
    const byte = bytes[block + 2 + (index % 16)] ?? 0
    const level = (index % 32 < 16 ? byte & 15 : byte >> 4) - 8
    expect(Math.abs(level * scale - value)).toBeLessThanOrEqual(1.01 * Math.abs(scale))
  }
})

test('a block of zeros stays zero, half a block is refused', () => {
  expect([...quantise(new Float32Array(32), 'Q8_0')]).toEqual(new Array(34).fill(0))
  expect([...quantise(new Float32Array(32), 'Q4_0')].slice(2)).toEqual(new Array(16).fill(0x88))
  expect(() => quantise(new Float32Array(48), 'Q4_0')).toThrow('whole number of blocks')
})

import { expect, test } from 'vitest'
import { float32OfHalves, halvesOfFloat32 } from './float16.ts'

test('every half comes back from its number', () => {
  const all = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits)
  const numbers = float32OfHalves(all)
  const back = halvesOfFloat32(numbers)
  for (const [bits, value] of numbers.entries()) {
    if (!Number.isNaN(value)) expect(back[bits]).toBe(bits)
  }
})

test.each([
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [2 ** -24, 1],
  [2 ** -25, 0],
  [1.5 * 2 ** -24, 2],
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [Number.NEGATIVE_INFINITY, 0xfc00],
])('%f rounds to the nearest half, ties to even', (value, bits) => {
  expect(halvesOfFloat32(Float32Array.of(value))[0]).toBe(bits)
})

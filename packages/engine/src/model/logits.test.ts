import { Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { lastLogits } from './logits.ts'

test('the last position of float32 logits', () => {
  const tensor = new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 2])
  expect([...lastLogits(tensor)]).toEqual([5, 6])
})

/** Bits of IEEE 754 binary16: 1, -2, largest, smallest subnormal, 1/3 rounded, infinities, NaN. */
test('float16 bits become exact numbers', () => {
  const bits = Uint16Array.of(
    0x3c00,
    0xc000,
    0x7bff,
    0x0001,
    0x3555,
    0x7c00,
    0xfc00,
    0x7e00,
    0x8000,
  )
  const tensor = { dims: [1, 1, bits.length], data: bits, dispose: () => {} }
  expect([...lastLogits(tensor as unknown as Tensor)]).toEqual([
    1,
    -2,
    65504,
    2 ** -24,
    0.333251953125,
    Infinity,
    -Infinity,
    Number.NaN,
    -0,
  ])
})

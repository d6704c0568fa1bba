import { describe, expect, test } from 'vitest'
import { philox4x32, type Words2, type Words4 } from './philox4x32-10.ts'

/** Random123 1.14, examples/kat_vectors, `philox4x32 10`. */
const knownAnswers: [name: string, counter: Words4, key: Words2, output: Words4][] = [
  ['zeros', [0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  [
    'ones',
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    'digits of pi',
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
]

describe('Philox4x32-10', () => {
  test.each(knownAnswers)('known answer: %s', (_name, counter, key, output) => {
    expect(philox4x32(counter, key)).toEqual(output)
  })
})

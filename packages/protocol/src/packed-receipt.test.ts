import { expect, test } from 'vitest'
import { packReceipt, unpackReceipt } from './packed-receipt.ts'
import { sampleRoad } from './testing/samples.ts'

const { receipt } = sampleRoad()

test('a packed receipt is the same again, in letters that a header takes', () => {
  const packed = packReceipt(receipt)
  expect(packed).toMatch(/^[\w-]+$/)
  expect(unpackReceipt(packed)).toEqual(receipt)
})

test('what is cut off or altered is no receipt', () => {
  const packed = packReceipt(receipt)
  for (const broken of [packed.slice(0, -9), `${packed}!`, '', 'nothing']) {
    expect(() => unpackReceipt(broken)).toThrow(
      expect.objectContaining({ code: 'protocol/malformed' }),
    )
  }
})

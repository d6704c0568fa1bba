import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseNotice } from './board.ts'

const notices = [
  { type: 'hello', clientId: 'a' },
  { type: 'welcome', clientId: 'a', leaderId: 'b' },
  { type: 'leader', leaderId: 'b', modelCid: 'c' },
] as const

test.each(notices)('$type arrives as it was sent, without what does not belong', (notice) => {
  expect(parseNotice({ ...notice, more: 1 })).toEqual(notice)
})

test('what is no notice is refused', () => {
  const almost = fc.record({
    type: fc.constantFrom('hello', 'welcome', 'leader', 'other'),
    clientId: fc.oneof(fc.constant(''), fc.nat(), fc.string({ minLength: 201 })),
    leaderId: fc.oneof(fc.constant(undefined), fc.nat(), fc.anything()),
    modelCid: fc.oneof(fc.constant(null), fc.string({ minLength: 201 })),
  })
  fc.assert(
    fc.property(fc.oneof(fc.anything(), almost), (data) => {
      expect(() => parseNotice(data)).toThrow(
        expect.objectContaining({ code: 'protocol/malformed' }),
      )
    }),
    { numRuns: 1000, seed: 11 },
  )
})

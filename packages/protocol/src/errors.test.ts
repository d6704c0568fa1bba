import { expect, test } from 'vitest'
import { MalformedError, TooLargeError, WeftError } from './errors.ts'

test('survives the way through plain data with code, message and facts', () => {
  const error = new TooLargeError({ subject: 'prompt', limit: 10, actual: 13, unit: 'bytes' })
  const copy = WeftError.fromData(JSON.parse(JSON.stringify(error)))
  expect(WeftError.is(copy)).toBe(true)
  expect(copy.code).toBe('protocol/too-large')
  expect(copy.message).toBe('The prompt is 3 bytes over the limit.')
  expect(copy.facts).toEqual(['Limit: 10 bytes', 'Actual: 13 bytes'])
})

test('wraps what is not ours and keeps what is', () => {
  const ours = new MalformedError({ subject: 'job', facts: [] })
  expect(WeftError.from(ours, 'x/y', 'other')).toBe(ours)
  const wrapped = WeftError.from(new TypeError('bad'), 'x/y', 'It failed.')
  expect(wrapped.code).toBe('x/y')
  expect(wrapped.facts).toEqual(['bad'])
  expect(WeftError.is(new Error('plain'))).toBe(false)
  expect(WeftError.is(null)).toBe(false)
})

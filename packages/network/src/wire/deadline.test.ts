import { expect, test } from 'vitest'
import { withDeadline } from './deadline.ts'

const forever = () => new Promise<never>(() => {})

test('a wait ends at its deadline, even if nothing listens to the signal', async () => {
  await expect(withDeadline(forever, { subject: 'The answer', ms: 20 })).rejects.toMatchObject({
    code: 'network/timeout',
    message: 'The answer took longer than 0.02 s.',
  })
})

test('a wait is as long as what is known at its end allows', async () => {
  const limits = [10, 20, 30, 30]
  let asked = 0
  const ms = () => limits[Math.min(asked++, limits.length - 1)] ?? 0
  await expect(withDeadline(forever, { subject: 'The answer', ms })).rejects.toMatchObject({
    message: 'The answer took longer than 0.03 s.',
  })
})

test('a wait ends with the signal of the caller, whatever its reason', async () => {
  const controller = new AbortController()
  const wait = withDeadline(forever, { subject: 'It', ms: 10_000, signal: controller.signal })
  controller.abort('enough')
  await expect(wait).rejects.toMatchObject({ code: 'protocol/cancelled', cause: 'enough' })
  const late = withDeadline(forever, { subject: 'It', ms: 10_000, signal: controller.signal })
  await expect(late).rejects.toMatchObject({ code: 'protocol/cancelled' })
})

test('a result or an error passes through', async () => {
  const options = { subject: 'It', ms: 10_000 }
  expect(await withDeadline(async () => 7, options)).toBe(7)
  const failure = new Error('no')
  await expect(withDeadline(() => Promise.reject(failure), options)).rejects.toBe(failure)
})

import { expect, test } from 'vitest'
import { askInTurn } from './page-quota.ts'

test('a frame without storage counts for itself: one at a time, thirty in ten minutes', async () => {
  const asking = Promise.withResolvers<void>()
  const first = askInTurn('https://a.example', () => asking.promise)
  expect(await askInTurn('https://a.example', async () => {})).toBe('busy')
  asking.resolve()
  expect(await first).toBe('done')
  const failing = askInTurn('https://a.example', () => Promise.reject(new Error('lost')))
  await expect(failing).rejects.toThrow('lost')
  const outcomes: string[] = []
  for (let asked = 2; asked < 32; asked += 1) {
    outcomes.push(await askInTurn('https://a.example', async () => {}))
  }
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(28)
  expect(outcomes.slice(-2)).toEqual(['too-many', 'too-many'])
})

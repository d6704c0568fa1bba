import { expect, test } from 'vitest'
import { answersNowName, jobsChoices, parseJobs } from './jobs-at-once.ts'

test('what can be chosen is what is meant, and anything else is automatic', () => {
  expect(jobsChoices.map(([value]) => parseJobs(value))).toEqual([null, 1, 2, 4, 8])
  for (const text of ['3', '-1', '1e3', 'many']) expect(parseJobs(text)).toBeNull()
})

test('who waits is said, and nobody is not', () => {
  expect(answersNowName(0)).toBe('Answers now')
  expect(answersNowName(1)).toBe('Answers now, 1 waits')
  expect(answersNowName(2)).toBe('Answers now, 2 wait')
})

import { expect, test } from 'vitest'
import { gradeWords } from './grade-words.ts'

test.each(['sampled', 'always', 'quorum'] as const)(
  'under %s others read the conversation, and it says so',
  (grade) => {
    expect(gradeWords[grade].not).toMatch(/reads? the conversation/)
  },
)

import type { AnswerRecord } from '@weft/sdk'
import { expect, test } from 'vitest'
import type { ChatTurn } from './chat.ts'
import { mostInputTokens } from './most-input-tokens.ts'

const turn = (prompt: string, text: string): ChatTurn => {
  const answer = { text } as AnswerRecord
  return { id: prompt, prompt, answer, error: null }
}

test('the turns before count with the prompt, and all of it no more than the model can read', () => {
  const alone = mostInputTokens([], 'Next', 4_096)
  const after = mostInputTokens([turn('One?', 'x'.repeat(500))], 'Next', 4_096)
  expect(after - alone).toBeGreaterThanOrEqual(504)
  expect(mostInputTokens([turn('One?', 'x'.repeat(500))], 'Next', 512)).toBe(512)
  expect(mostInputTokens([turn('One?', '')], 'Next', 4_096)).toBe(alone)
})

import type { Message } from '@weft/protocol'
import { expect, test } from 'vitest'
import { createChatTokenizer } from './model/chat-tokenizer.ts'
import { readModelConfig } from './model/model-config.ts'
import { encodePrompt } from './prompt.ts'
import { readBobbin } from './testing/node-model.ts'

const tokenizer = createChatTokenizer(readModelConfig(readBobbin().files))
const turn = (digit: string): Message[] => [
  { role: 'user', content: digit.repeat(60) },
  { role: 'assistant', content: digit.repeat(60) },
]
const messages: Message[] = [
  ...turn('1'),
  ...turn('2'),
  ...turn('3'),
  { role: 'user', content: 'Hello!' },
]
const whole = tokenizer.encodeChat(messages).length
const encode = (fullContextTokens: number, contextTokens: number) => {
  const model = { tokenizer, contextTokens, fullContextTokens }
  return encodePrompt(model, { messages, tools: [], overflow: 'slide', maxTokens: 64 })
}

test('what a conversation loses does not depend on the device', () => {
  const full = encode(whole, whole)
  expect(full.droppedMessages).toBe(2)
  const { length } = full.tokens
  expect(encode(whole, length + 1)).toEqual(full)
})

test('a device without room for that prompt refuses it by itself, the model for everybody', () => {
  const { tokens } = encode(whole, whole)
  expect(() => encode(whole, tokens.length)).toThrow(
    expect.objectContaining({
      code: 'engine/short-context',
      message: expect.stringContaining('1 token too long for this device'),
      facts: [`Limit: ${tokens.length - 1} tokens`, `Actual: ${tokens.length} tokens`],
    }),
  )
  expect(() => encode(4, 4)).toThrow(expect.objectContaining({ code: 'engine/prompt-too-long' }))
})

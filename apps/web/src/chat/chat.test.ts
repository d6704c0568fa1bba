import { checkPrompt, limits } from '@weft/protocol'
import type { AnswerRecord } from '@weft/sdk'
import { expect, test } from 'vitest'
import {
  type ChatTurn,
  fromConversation,
  messagesFor,
  messagesLeftOut,
  newChat,
  toConversation,
} from './chat.ts'

function turn(id: string, prompt: string, text: string | null): ChatTurn {
  const answer = text === null ? null : ({ text } as AnswerRecord)
  return { id, prompt, answer, error: null }
}

test('earlier turns go along, oldest first, those without text stay behind', () => {
  const earlier = [turn('1', 'One?', 'Yes.'), turn('2', 'Two?', ''), turn('3', 'Three?', null)]
  expect(messagesFor(earlier, 'Four?', 512)).toEqual([
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: 'Four?' },
  ])
})

test('turns stay behind only where no tokenizer could make them fit', () => {
  const long = 'word '.repeat(100)
  const earlier = Array.from({ length: 9 }, (_, index) => turn(`${index}`, `Prompt ${index}`, long))
  const sent = messagesFor(earlier, 'Next', 512)
  expect(sent).toHaveLength(17)
  expect(sent[0]?.content).toBe('Prompt 1')
  expect(messagesFor(earlier, 'Next', Number.POSITIVE_INFINITY)).toHaveLength(19)
})

test('a long conversation stays behind as far as a job has no room for it', () => {
  const wide = 'あ'.repeat(10_000)
  const earlier = Array.from({ length: 20 }, (_, index) => turn(`${index}`, 'Go on', wide))
  expect(() =>
    checkPrompt({ messages: messagesFor(earlier, 'Next', 131_072), tools: [] }),
  ).not.toThrow()
  const short = Array.from({ length: 300 }, (_, index) => turn(`${index}`, 'a', 'b'))
  expect(messagesFor(short, 'Next', 131_072)).toHaveLength(limits.maxMessages - 1)
})

test('a prompt that is too long alone is sent as it is: the engine says by how much', () => {
  expect(messagesFor([turn('1', 'a', 'b')], 'word '.repeat(900), 512)).toHaveLength(1)
})

test('left out is what the job lacks, and what of it the engine dropped', () => {
  const chat = newChat('c', 'Hi', 0)
  const last = turn('4', 'Fourth', 'd')
  const leftOut = (messages: number, droppedMessages: number | null) => {
    const job = { messages: Array(messages).fill({}) } as AnswerRecord['job']
    return messagesLeftOut(chat, { ...last, answer: { job, droppedMessages } as AnswerRecord })
  }
  chat.turns = [turn('1', 'First', 'a'), turn('2', 'Second', ''), turn('3', 'Third', 'c'), last]
  expect(leftOut(5, 0)).toBe(0)
  expect(leftOut(3, null)).toBe(2)
  expect(leftOut(3, 1)).toBe(3)
  expect(messagesLeftOut(chat, turn('5', 'Fifth', null))).toBe(0)
})

test('an answer kept by an earlier version can be shown', () => {
  const answer = { text: 'Yes' } as AnswerRecord
  const conversation = toConversation(newChat('c', 'Hi', 0), 0)
  const [shown] = fromConversation({
    ...conversation,
    turns: [{ id: '1', prompt: 'Hi', answer }],
  }).turns
  expect(shown?.answer).toMatchObject({ text: 'Yes', droppedMessages: null, handovers: [] })
})

test('the title is the prompt on one line, shortened', () => {
  expect(newChat('c', ' a\n b ', 0).title).toBe('a b')
  expect(newChat('c', 'x'.repeat(100), 0).title).toHaveLength(60)
})

test('what was never a job is not stored', () => {
  const chat = { ...newChat('c', 'Hi', 1), turns: [turn('1', 'Hi', 'Yes'), turn('2', 'Ha', null)] }
  const conversation = toConversation(chat, 2)
  expect(conversation).toMatchObject({ id: 'c', createdAtMs: 1, updatedAtMs: 2 })
  expect(fromConversation(conversation).turns.map(({ id }) => id)).toEqual(['1'])
})

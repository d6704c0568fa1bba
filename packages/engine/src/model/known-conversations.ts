/**
 * What a model is asked for its known answer. Part of every manifest: the tokens of one of these are
 * its `knownAnswer.promptTokens`, so a word changed here is a new manifest for every model.
 * @module
 */
import type { Message } from '@weft/protocol'

const questions = [
  'Write a short story about a fox, a lantern and a river.',
  'What is Weft and how does it work?',
  'What is 7 plus 5? Then tell me about the moon.',
  'Please write a story about a girl who finds a small boat.',
]

/** One conversation per question, long enough for the prefill kernels that only work on more rows. */
export const knownConversations: Message[][] = questions.map((content, index) => [
  { role: 'user', content: questions[(index + 1) % questions.length] ?? content },
  {
    role: 'assistant',
    content: 'That is a good question. Let me think about it for a moment before I answer you.',
  },
  { role: 'user', content },
])

/** A client bounds what a node may count without having the tokenizer: it must never refuse an honest count. */

import { Tokenizer } from '@huggingface/tokenizers'
import { type Message, mostPromptTokens } from '@weft/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBobbin } from '../testing/node-model.ts'
import { createChatTokenizer } from './chat-tokenizer.ts'
import { knownConversations } from './known-conversations.ts'
import { readModelConfig } from './model-config.ts'

const config = readModelConfig(readBobbin().files)
const { encodeChat } = createChatTokenizer(config)
/** As Llama 3 writes functions, the longest form in use, and calls as it does not. */
const indenting = createChatTokenizer({
  ...config,
  chatTemplate: `{% if tools %}{% for tool in tools %}{{ tool | tojson(indent=4) + '\n\n' }}{% endfor %}{% endif %}{% for message in messages %}{{ message.role + message.content }}{% for call in message.tool_calls | default([]) %}{{ call | tojson(indent=4) }}{% endfor %}{% endfor %}`,
})

/** SentencePiece with byte fallback and no words at all: a space as three bytes in one token, all else a byte each. */
const bytesOnly = new Tokenizer(
  {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: 'NFKC' },
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    post_processor: null,
    decoder: null,
    model: {
      type: 'BPE',
      byte_fallback: true,
      fuse_unk: false,
      unk_token: '<unk>',
      vocab: Object.fromEntries([
        ['<unk>', 0],
        ['▁', 1],
        ...Array.from({ length: 256 }, (_, byte) => [
          `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
          byte + 2,
        ]),
      ]),
      merges: [],
    },
  },
  {},
)

const oddest = [
  '\u{1F98A}',
  '\uFDFA',
  '\u{1D160}',
  'ΐ',
  '한',
  'a',
  ' ',
  '\n',
  '<|end|>',
  '\u0000',
  '👩‍👩‍👧',
]
const content = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...oddest), { maxLength: 100 }).map((parts) => parts.join('')),
)
const messages = fc.array(
  fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content }),
  { minLength: 1, maxLength: 8 },
)

test('no conversation has more tokens than a client expects at most', () => {
  fc.assert(
    fc.property(messages, (conversation: Message[]) => {
      const most = mostPromptTokens({ messages: conversation, tools: [] })
      expect(encodeChat(conversation).length).toBeLessThanOrEqual(most)
      const text = conversation.map((message) => message.content).join('\n')
      expect(bytesOnly.encode(text).ids.length).toBeLessThanOrEqual(most)
    }),
    { numRuns: 300, seed: 31 },
  )
})

const json = fc.oneof(
  fc.json({ maxDepth: 6 }),
  content.map((text) => JSON.stringify({ [text]: [text, '"\\', 1e21] })),
)
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)

test('nor have functions and calls', () => {
  const tool = fc.record({ name, description: content, parameters: json })
  const call = fc.record({ id: name, name, arguments: fc.oneof(json, content) })
  const calls = fc.array(call, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.array(tool, { maxLength: 3 }), calls, content, (tools, toolCalls, content) => {
      const conversation: Message[] = [
        { role: 'user', content },
        { role: 'assistant', content, toolCalls },
        { role: 'tool', content, toolCallId: toolCalls[0]?.id ?? '' },
      ]
      const most = mostPromptTokens({ messages: conversation, tools })
      expect(encodeChat(conversation, tools).length).toBeLessThanOrEqual(most)
      expect(indenting.encodeChat(conversation, tools).length).toBeLessThanOrEqual(most)
    }),
    { numRuns: 100, seed: 37 },
  )
})

test('prose may be counted dearer than it is by a few times, not by many', () => {
  const long: Message[] = [
    {
      role: 'user',
      content: knownConversations
        .flat()
        .map((each) => each.content)
        .join(' ')
        .repeat(20),
    },
  ]
  const ratio = mostPromptTokens({ messages: long, tools: [] }) / encodeChat(long).length
  expect(ratio).toBeGreaterThan(1)
  expect(ratio).toBeLessThan(6)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBobbin } from '../testing/node-model.ts'
import { createChatTokenizer } from './chat-tokenizer.ts'
import { readModelConfig } from './model-config.ts'
import { createTextStream } from './text-stream.ts'

const config = readModelConfig(readBobbin().files)
const tokenizer = createChatTokenizer(config)
const vocabulary = 4096

/** SentencePiece-like: the first word loses its space, bytes stand for what has no token. */
const sentencePiece = createChatTokenizer({
  ...config,
  tokenizerJson: {
    ...config.tokenizerJson,
    added_tokens: [],
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(
        ['▁a', '▁', 'b', '<0xF0>', '<0x9F>', '<0xA6>', '<0x8A>', '<0xC3>', '<0xA4>', '▁▁'].map(
          (token, id) => [token, id],
        ),
      ),
      merges: [],
      byte_fallback: true,
    },
  },
})

function stream(tokens: number[], decode: (tokens: readonly number[]) => string): string[] {
  const text = createTextStream(decode)
  return [...tokens.map((token) => text.push(token)), text.end()]
}

describe('text stream', () => {
  test('joined deltas equal the decoded whole, for any tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(vocabulary - 1), { maxLength: 40 }), (tokens) => {
        expect(stream(tokens, tokenizer.decode).join('')).toBe(tokenizer.decode(tokens))
      }),
      { numRuns: 500, seed: 5 },
    )
  })

  test('the same for a tokenizer that strips the first space and falls back to bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 12 }), (tokens) => {
        expect(stream(tokens, sentencePiece.decode).join('')).toBe(sentencePiece.decode(tokens))
      }),
      { numRuns: 500, seed: 6 },
    )
  })

  test.each(['🦊', 'ä', '你好', 'a🦊b', 'e\u0301'])('%s never arrives in halves', (word) => {
    const tokens = tokenizer
      .encodeChat([{ role: 'user', content: word }])
      .filter((token) => !config.endTokens.has(token))
    const texts = stream(tokens, tokenizer.decode)
    expect(texts.join('')).toBe(word)
    expect(texts.some((text) => text.includes('\u{fffd}'))).toBe(false)
    expect(texts.at(-1)).toBe('')
  })

  test('half a character at the end becomes a replacement character', () => {
    const [, half = 0] = tokenizer.encodeChat([{ role: 'user', content: '🦊' }])
    expect(stream([half], tokenizer.decode)).toEqual(['', '\u{fffd}'])
  })
})

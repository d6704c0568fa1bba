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

type Decode = (tokens: readonly number[]) => string

function stream(tokens: number[], decode: Decode, stop: string[] = []): string[] {
  const text = createTextStream({ decode, stop })
  return [...tokens.map((token) => text.push(token).text), text.end()]
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

describe('stop texts', () => {
  /** A token for every piece of a text, cut anywhere between characters. */
  const spell = (pieces: string[]): Decode => {
    return (tokens) => tokens.map((token) => pieces[token]).join('')
  }
  const pieces = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'b', '\n', '🦊'), maxLength: 4 }),
    {
      maxLength: 12,
    },
  )
  const stops = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'b', '\n', '🦊'), minLength: 1, maxLength: 3 }),
    { maxLength: 3 },
  )

  /** By definition: the shortest beginning of the text that ends with a stop loses it. */
  function cut(text: string, stop: string[]): { text: string; isStopped: boolean } {
    for (let end = 1; end <= text.length; end++) {
      const found = stop
        .filter((word) => text.slice(0, end).endsWith(word))
        .sort((a, b) => b.length - a.length)[0]
      if (found) return { text: text.slice(0, end - found.length), isStopped: true }
    }
    return { text, isStopped: false }
  }

  test('equal to searching the whole text, however it is split', () => {
    fc.assert(
      fc.property(pieces, stops, (parts, stop) => {
        const whole = cut(parts.join(''), stop)
        const text = createTextStream({ decode: spell(parts), stop })
        let out = ''
        let isStopped = false
        for (let token = 0; token < parts.length && !isStopped; token++) {
          const step = text.push(token)
          out += step.text
          isStopped = step.isStopped
          // Never more than may stay.
          expect(whole.text.startsWith(out)).toBe(true)
        }
        expect({ text: out + text.end(), isStopped }).toEqual(whole)
        if (isStopped) expect(text.push(0)).toEqual({ text: '', isStopped: true })
      }),
      { numRuns: 2000, seed: 7 },
    )
  })

  test('nothing is held that cannot begin a stop', () => {
    const parts = ['Hello', ' world', '<|', 'im', ' not', '<|im_end', '|>', 'more']
    expect(
      stream(
        parts.map((_, token) => token),
        spell(parts),
        ['<|im_end|>'],
      ),
    ).toEqual(['Hello', ' world', '', '', '<|im not', '', '', '', ''])
  })

  test('a resume emits what the answered tokens held back, and nothing twice', () => {
    fc.assert(
      fc.property(pieces, stops, fc.nat(12), (parts, stop, at) => {
        const tokens = parts.map((_, token) => token)
        const texts = stream(tokens, spell(parts), stop)
        const resumed = createTextStream({ decode: spell(parts), stop })
        for (const token of tokens.slice(0, at)) resumed.push(token)
        const rest = [...tokens.slice(at).map((token) => resumed.push(token).text), resumed.end()]
        expect(rest).toEqual(texts.slice(Math.min(at, tokens.length)))
      }),
      { numRuns: 500, seed: 8 },
    )
  })

  test('the same over the tokens of a real tokenizer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(vocabulary - 1), { maxLength: 30 }),
        fc.array(fc.constantFrom('the', ' a', 'e', '\n', 'in', '\u{fffd}'), { maxLength: 2 }),
        (tokens, stop) => {
          const whole = cut(tokenizer.decode(tokens), stop)
          expect(stream(tokens, tokenizer.decode, stop).join('')).toBe(whole.text)
        },
      ),
      { numRuns: 500, seed: 9 },
    )
  })
})

import type { Grammar } from '@weft/protocol'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createChatTokenizer } from '../model/chat-tokenizer.ts'
import { readModelConfig } from '../model/model-config.ts'
import { readBobbin } from '../testing/node-model.ts'
import { createGrammars, type GrammarMatcher } from './grammars.ts'

const config = readModelConfig(readBobbin().files)
const { decode } = createChatTokenizer(config)
const vocabularySize = 4096
const grammars = createGrammars(config)

const json: Grammar = { type: 'json' }
const schemaOf = (schema: unknown): Grammar => ({
  type: 'json-schema',
  schema: JSON.stringify(schema),
})

async function open(grammar: Grammar): Promise<GrammarMatcher> {
  const matcher = await grammars.open(grammar)
  if (!matcher) throw new Error('expected a matcher')
  return matcher
}

function allowedOf(matcher: GrammarMatcher): number[] {
  const logits = new Float32Array(vocabularySize)
  matcher.mask(logits)
  return [...logits.keys()].filter((token) => logits[token] === 0)
}

/** Any walk through the grammar, ended as soon as it may end; null when it takes too long. */
async function walk(grammar: Grammar, choose: (count: number) => number): Promise<string | null> {
  const matcher = await open(grammar)
  const tokens: number[] = []
  try {
    for (;;) {
      const allowed = allowedOf(matcher)
      const end = allowed.find((token) => config.endTokens.has(token))
      if (end !== undefined) {
        expect(matcher.accept(end)).toBe(true)
        expect(allowedOf(matcher).every((token) => config.endTokens.has(token))).toBe(true)
        return decode(tokens)
      }
      if (tokens.length > 150) return null
      // Often of the first, which are the single characters: they close what the others open.
      const token =
        allowed[choose(2) === 0 ? choose(Math.min(allowed.length, 90)) : choose(allowed.length)] ??
        -1
      expect(matcher.accept(token)).toBe(true)
      tokens.push(token)
    }
  } finally {
    matcher.dispose()
  }
}

const schemas: [name: string, schema: Record<string, unknown>][] = [
  [
    'object',
    {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'who' },
        age: { type: 'integer', minimum: 0, maximum: 150 },
        size: { type: 'number', minimum: -2.5, exclusiveMaximum: 3 },
        isKnown: { type: 'boolean' },
        'kind "x"': { enum: ['a', 'b "quoted"', 'ä€', 7, null] },
      },
      required: ['age', 'isKnown', 'kind "x"'],
      additionalProperties: false,
    },
  ],
  ['array', { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 4 }],
  ['long strings', { type: 'array', items: { type: 'string', minLength: 1, maxLength: 5 } }],
  [
    'nested',
    {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: {
            value: {
              anyOf: [{ type: 'null' }, { const: 'c' }, { type: ['integer', 'null'] }],
            },
            children: { type: 'array', items: { $ref: '#/$defs/node' }, maxItems: 2 },
          },
          required: ['value'],
        },
      },
    },
  ],
  ['map', { type: 'object', additionalProperties: { type: 'array', items: { type: 'boolean' } } }],
  ['optional only', { type: 'object', properties: { a: { type: 'null' }, b: { type: 'null' } } }],
  ['empty', { type: 'object', additionalProperties: false }],
]

/** Numbers below `count` without a pattern, the same in every run. */
function chooser(seed: number): (count: number) => number {
  let state = seed
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * count)
  }
}

async function walks(grammar: Grammar): Promise<string[]> {
  const texts: string[] = []
  for (let seed = 1; seed <= 25; seed++) {
    const text = await walk(grammar, chooser(seed))
    if (text !== null) texts.push(text)
  }
  // Enough of them come to an end.
  expect(texts.length).toBeGreaterThan(3)
  return texts
}

describe('whatever is chosen, the text is JSON', { timeout: 60_000 }, () => {
  test.each(schemas)('of the schema: %s', async (_name, schema) => {
    const validator = z.fromJSONSchema(schema)
    for (const walked of await walks(schemaOf(schema))) {
      // Any walk finds bytes that are no character, and zod counts UTF-16 units where JSON Schema
      // counts code points.
      const text = walked.replace(/[\u{10000}-\u{10ffff}]|\ufffd{1,4}/gu, '?')
      const { error } = validator.safeParse(JSON.parse(text))
      expect(error, text).toBeUndefined()
    }
  })

  test('of any kind: an object or an array', async () => {
    for (const text of await walks(json)) expect(JSON.parse(text)).toBeTypeOf('object')
  })
})

describe('matcher', { timeout: 60_000 }, () => {
  test('the mask allows the tokens that accept takes, and no others', async () => {
    const grammar = schemaOf(schemas[0]?.[1])
    const choose = chooser(7)
    const taken: number[] = []
    for (let step = 0; step < 10; step++) {
      const matcher = await open(grammar)
      for (const token of taken) matcher.accept(token)
      const allowed = allowedOf(matcher)
      matcher.dispose()
      const tried: number[] = []
      for (let token = choose(13); token < vocabularySize; token += 13) {
        const other = await open(grammar)
        for (const before of taken) other.accept(before)
        if (other.accept(token)) tried.push(token)
        other.dispose()
      }
      const phase = (tried[0] ?? 0) % 13
      if (tried.length > 0) {
        expect(tried).toEqual(allowed.filter((token) => token % 13 === phase))
      }
      taken.push(allowed[choose(allowed.length)] ?? -1)
    }
  })

  test('special tokens write nothing, so that no grammar allows them but at the end', async () => {
    const matcher = await open(json)
    for (const token of [2, 3, vocabularySize, 99_999]) expect(matcher.accept(token)).toBe(false)
    const logits = new Float32Array(vocabularySize + 64)
    matcher.mask(logits)
    expect([...logits.subarray(0, 4)]).toEqual([-Infinity, -Infinity, -Infinity, -Infinity])
    expect(new Set(logits.subarray(vocabularySize))).toEqual(new Set([-Infinity]))
    matcher.dispose()
  })

  test('opened and closed a thousand times, it needs no more memory', async () => {
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow')
    const logits = new Float32Array(vocabularySize)
    const use = async () => {
      const matcher = await open(schemaOf(schemas[0]?.[1]))
      matcher.mask(logits)
      matcher.dispose()
    }
    for (let count = 0; count < 50; count++) await use()
    grow.mockClear()
    for (let count = 0; count < 1000; count++) await use()
    expect(grow).not.toHaveBeenCalled()
    grow.mockRestore()
  })

  test('more grammars than are kept', async () => {
    const matchers = await Promise.all(
      Array.from({ length: 40 }, (_, value) => open(schemaOf({ const: value }))),
    )
    for (const [value, matcher] of matchers.entries()) {
      expect(allowedOf(matcher).map((token) => decode([token])[0])).toEqual(
        allowedOf(matcher).map(() => String(value)[0]),
      )
      matcher.dispose()
    }
  })

  test('text needs none', async () => {
    expect(await grammars.open({ type: 'text' })).toBe(null)
  })
})

describe('schemas that cannot be kept to', () => {
  test.each([
    ['{', /not JSON/],
    ['false', /# is no schema/],
    ['{"type":"objekt"}', /type that JSON does not know: "objekt"/],
    ['{"properties":{"a":{"type":"string","pattern":"x"}}}', /#\/properties\/a uses "pattern"/],
    ['{"oneOf":[{}]}', /uses "oneOf"/],
    ['{"type":"array","uniqueItems":true}', /uses "uniqueItems"/],
    ['{"type":"string","maxLength":100000}', /maxLength has to be an integer from 0 to 32/],
    [
      JSON.stringify({ anyOf: new Array(3).fill({ type: 'string', maxLength: 30 }) }),
      /#\/anyOf\/2 is beyond the 64 characters that a schema may count/,
    ],
    [
      JSON.stringify({ items: { items: { maxItems: 200 }, maxItems: 100 } }),
      /#\/items\/items is beyond the 256 items/,
    ],
    [
      JSON.stringify({ anyOf: new Array(20).fill({ minimum: 0.5 }) }),
      /#\/anyOf\/16 is beyond the 16 numbers with bounds/,
    ],
    [
      JSON.stringify({
        properties: Object.fromEntries(Array.from(Array(200).keys(), (n) => [n, {}])),
      }),
      /# is beyond the 50 properties/,
    ],
    [
      JSON.stringify({ anyOf: new Array(30).fill({ const: 1 }) }),
      /#\/anyOf\/24 is beyond the 24 lists of values/,
    ],
    [
      JSON.stringify({ anyOf: new Array(30).fill({ type: ['array', 'object'] }) }),
      /#\/anyOf\/8 is beyond the 16 arrays and objects/,
    ],
    ['{"type":"integer","minimum":3,"maximum":2}', /leaves no whole number/],
    ['{"type":"object","required":["a"]}', /requires properties/],
    ['{"properties":{},"required":["a"]}', /requires "a"/],
    ['{"$ref":"#/$defs/none"}', /There is no #\/\$defs\/none/],
    ['{"$ref":"https://example.com/schema"}', /outside/],
    ['{"$ref":"#"}', /refers to itself/],
    ['{"anyOf":[{"type":"null"},{"$ref":"#"}]}', /refers to itself/],
    [`${'{"anyOf":['.repeat(99)}true${']}'.repeat(99)}`, /too large/],
  ])('%s', async (schema, fact) => {
    await expect(grammars.open({ type: 'json-schema', schema })).rejects.toMatchObject({
      code: 'engine/bad-grammar',
      message: expect.stringContaining('cannot be kept to'),
      facts: [expect.stringMatching(fact)],
    })
  })

  test('a tokenizer whose tokens are no bytes', async () => {
    const other = createGrammars({
      ...config,
      tokenizerJson: { ...config.tokenizerJson, decoder: null },
    })
    await expect(other.open(json)).rejects.toMatchObject({ code: 'engine/unsupported' })
  })
})

test('a SentencePiece vocabulary with bytes spells any text', async () => {
  const tokens = ['<s>', '</s>', '<0xC3>', '<0xA4>', '▁"', '"', '▁', 'a', '{', '}', ':', '▁{']
  const sentencePiece = createGrammars({
    tokenizerJson: {
      model: { vocab: Object.fromEntries(tokens.map((token, id) => [token, id])) },
      added_tokens: [
        { id: 0, content: '<s>', special: true },
        { id: 1, content: '</s>', special: true },
      ],
      decoder: { type: 'Sequence', decoders: [{ type: 'Replace' }, { type: 'ByteFallback' }] },
    },
    endTokens: new Set([1]),
  })
  const matcher = await sentencePiece.open(schemaOf({ type: 'object', properties: { 'aä a': {} } }))
  for (const token of [
    '{',
    '▁"',
    'a',
    '<0xC3>',
    '<0xA4>',
    '▁',
    'a',
    '"',
    ':',
    '▁"',
    '<0xC3>',
    '<0xA4>',
    '"',
    '}',
  ]) {
    expect(matcher?.accept(tokens.indexOf(token)), token).toBe(true)
  }
  const logits = new Float32Array(tokens.length)
  matcher?.mask(logits)
  expect(logits.indexOf(0)).toBe(1)
  matcher?.dispose()
  await sentencePiece.dispose()
})

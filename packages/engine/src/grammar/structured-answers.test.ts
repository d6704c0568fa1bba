/** The embedded model's own weights under a grammar. */
import { greedySampling, type Sampling } from '@weft/protocol'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { loadBobbin } from '../testing/node-model.ts'

const schemas = {
  object: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      legs: { type: 'integer', minimum: 0, maximum: 8 },
      canFly: { type: 'boolean' },
      colour: { enum: ['red', 'blue'] },
    },
    required: ['name', 'legs', 'canFly', 'colour'],
  },
  array: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 3 },
  nested: {
    type: 'object',
    properties: {
      pet: { type: 'object', properties: { kind: { enum: ['cat', 'dog'] } }, required: ['kind'] },
    },
    required: ['pet'],
  },
} satisfies Record<string, z.core.JSONSchema.JSONSchema>

async function answer(sampling: Sampling, seed: number): Promise<{ text: string; reason: string }> {
  const engine = await model
  let text = ''
  const parts = engine.generate({
    messages: [{ role: 'user', content: 'Tell me about a pet.' }],
    sampling,
    seed: new Uint8Array(32).fill(seed),
    maxTokens: 80,
    tools: [],
    overflow: 'error',
    answered: [],
  })
  for await (const part of parts) {
    if (part.type === 'delta') text += part.text
    if (part.type === 'end') return { text, reason: part.finishReason }
  }
  throw new Error('expected an end')
}

const model = loadBobbin()
const settings = [0, 1].flatMap((temperature) => [1, 2, 3].map((seed) => ({ temperature, seed })))

describe('the embedded model', { timeout: 60_000 }, () => {
  test.each(Object.entries(schemas))('answers by a schema: %s', async (_name, schema) => {
    let ended = 0
    for (const { temperature, seed } of settings) {
      const grammar = { type: 'json-schema' as const, schema: JSON.stringify(schema) }
      const { text, reason } = await answer({ ...greedySampling, temperature, grammar }, seed)
      if (reason !== 'stop') continue
      ended += 1
      expect(z.fromJSONSchema(schema).safeParse(JSON.parse(text)).error, text).toBeUndefined()
    }
    expect(ended).toBeGreaterThan(0)
  })

  test('answers in JSON', async () => {
    for (const { temperature, seed } of settings) {
      const grammar = { type: 'json' as const }
      const { text, reason } = await answer({ ...greedySampling, temperature, grammar }, seed)
      expect(text).toMatch(/^[{[]/)
      if (reason === 'stop') expect(JSON.parse(text)).toBeTypeOf('object')
    }
  })
})

import { defaultSampling, samplingSchema } from '@weft/protocol'
import { expect, test } from 'vitest'
import { type AnswerSettings, countChanged, initialSettings } from './answer-settings.ts'
import { parseSettings } from './parse-settings.ts'

const parse = (change: Partial<AnswerSettings>) => parseSettings({ ...initialSettings, ...change })

test('untouched settings are the defaults of every job', () => {
  expect(parse({})).toEqual({
    request: { sampling: defaultSampling, maxTokens: 256, overflow: 'slide', grade: 'sampled' },
    problems: null,
  })
  expect(countChanged(initialSettings)).toBe(0)
})

test('what is typed arrives in the job, in a form that the protocol takes', () => {
  const { request, problems } = parse({
    temperature: '0',
    minP: '0.05',
    repetitionPenalty: '1.1',
    maxTokens: '32',
    stop: 'END\n\nline\\nbreak',
    form: 'json',
    overflow: 'error',
    grade: 'always',
  })
  expect(problems).toBeNull()
  expect(request).toMatchObject({ maxTokens: 32, overflow: 'error', grade: 'always' })
  expect(samplingSchema.parse(request.sampling)).toMatchObject({
    temperature: 0,
    minP: 0.05,
    repetitionPenalty: 1.1,
    stop: ['END', 'line\nbreak'],
    grammar: { type: 'json' },
  })
})

test.each([
  [{ temperature: '2' }, { temperature: '2.1' }, '0 to 2'],
  [{ temperature: '0' }, { temperature: '-0.1' }, '0 to 2'],
  [{ topP: '1' }, { topP: '0' }, 'above 0'],
  [{ minP: '1' }, { minP: '1.1' }, '0 to 1'],
  [{ repetitionPenalty: '0.5' }, { repetitionPenalty: '0.4' }, '0.5 to 2'],
  [{ maxTokens: '8192' }, { maxTokens: '8193' }, '1 to 8,192'],
  [{ maxTokens: '1' }, { maxTokens: '1.5' }, 'whole number'],
  [{ temperature: '1' }, { temperature: '' }, 'a number'],
  [{ stop: 'x'.repeat(200) }, { stop: 'x'.repeat(201) }, '200 characters'],
])('%j is taken, %j is not, and its range is named', (good, bad, words) => {
  expect(parse(good).problems).toBeNull()
  const { problems } = parse(bad)
  expect(Object.keys(problems ?? {})).toEqual(Object.keys(bad))
  expect(Object.values(problems ?? {})[0]).toContain(words)
})

test.each([
  ['', 'Write a JSON Schema'],
  ['{"type": ', 'not JSON yet'],
  ['[1]', 'an object'],
  [JSON.stringify({ title: 'x'.repeat(70_000) }), 'too long'],
])('the schema %.20j is refused with a reason', (schema, words) => {
  expect(parse({ form: 'json-schema', schema }).problems?.schema).toContain(words)
  expect(parse({ form: 'text', schema }).problems).toBeNull()
})

test('a schema goes along as it was typed', () => {
  const schema = '{ "type": "object" }'
  expect(parse({ form: 'json-schema', schema }).request.sampling.grammar).toEqual({
    type: 'json-schema',
    schema,
  })
})

test('a quorum is two to five tabs', () => {
  expect(parse({ grade: 'quorum', quorum: '3' }).request.grade).toEqual({ quorum: 3 })
  for (const quorum of ['1', '6', '2.5', '']) {
    expect(parse({ grade: 'quorum', quorum }).problems).toEqual({
      quorum: 'Expected a whole number from 2 to 5.',
    })
    expect(parse({ grade: 'always', quorum }).problems).toBeNull()
  }
})

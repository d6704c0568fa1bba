import { defaultSampling, greedySampling, type Job, type Sampling } from '@weft/protocol'
import { expect, test } from 'vitest'
import { samplingFacts } from './sampling-facts.ts'

function shown(sampling: Sampling, overflow: Job['overflow'] = 'error') {
  const facts = samplingFacts({ sampling, overflow } as Job)
  return Object.fromEntries(facts.map(({ name, value }) => [name, value]))
}

test('the defaults are one line', () => {
  expect(shown(defaultSampling)).toEqual({
    Sampling: 'temperature 0.7, top-k 40, top-p 0.95',
    Form: '',
    Schema: '',
    'Stop texts': '',
    'Too long': '',
  })
})

test('what is switched on is named; a greedy answer has no nucleus', () => {
  const sampling: Sampling = {
    ...greedySampling,
    topP: 0.9,
    repetitionPenalty: 1.1,
    logitBias: [{ token: 3, bias: -100 }],
    grammar: { type: 'json-schema', schema: '{}' },
    stop: ['END', '\n'],
  }
  expect(shown(sampling, 'slide')).toEqual({
    Sampling: 'always the likeliest, repetition penalty 1.1, bias on 1 of the tokens',
    Form: 'JSON by a schema',
    Schema: '{}',
    'Stop texts': '"END", "\\n"',
    'Too long': 'Oldest turns may be left out',
  })
})

test('an answer kept from before there were these settings can still be read', () => {
  const sampling = { temperature: 0.7, topK: 40, topP: 0.95 } as Sampling
  expect(shown(sampling)).toEqual(shown(defaultSampling))
})

import type { Outcome } from '@weft/protocol'
import type { AnswerRecord, CheckRecord, Opinion } from '@weft/sdk'
import { expect, test } from 'vitest'
import { checkSentence, falseNodeSentence } from './check-words.ts'

const lot = { isSampled: true, drawn: null }
const by = (outcome: Outcome, margins = [0, 0, 0]) =>
  ({ outcome, margins: Float32Array.from(margins) }) as Opinion

const sentence = (change: Partial<AnswerRecord>) =>
  checkSentence({
    where: 'network',
    receipt: { firstToken: 0 } as AnswerRecord['receipt'],
    recheck: null,
    check: null,
    grade: 'signed',
    ...change,
  })
const checked = (change: Partial<CheckRecord>) =>
  sentence({
    grade: 'always',
    check: { state: 'decided', lot, opinions: [], outcome: null, error: null, ...change },
  })

test.each([
  ['', sentence({}), /^Signed: .* That is not proof that the model chose them\./],
  ['of a local one', sentence({ where: 'local', receipt: null }), /nobody to sign/],
  ['without a receipt', sentence({ receipt: null }), /nobody has signed/],
  ['of a model without limits', sentence({ grade: 'always' }), /no other tab can judge it/],
  ['before its lot', checked({ state: 'waiting', lot: null }), /decided by lot/],
  ['before its check', checked({ state: 'waiting' }), /Another tab is asked/],
  ['that was spared', checked({ state: 'spared' }), /lot did not fall/],
  ['that nobody had time for', checked({ state: 'given-up' }), /No other tab had the time/],
  [
    'that passed',
    checked({ outcome: 'passed', opinions: [by('passed')] }),
    /drawn by lot, computed it again: all 3 choices are the same\. It could lie/,
  ],
  [
    'that passed nearly',
    checked({ outcome: 'passed', opinions: [by('passed', [0, 0.1, 0])] }),
    /2 of 3 choices are the same, the others as near/,
  ],
  [
    'that one calls false',
    checked({ state: 'waiting', outcome: 'suspicious', opinions: [by('failed')] }),
    /One alone may lie or be broken, so a second one is asked/,
  ],
  [
    'that one calls false and nobody else looked at',
    checked({ state: 'given-up', outcome: 'suspicious', opinions: [by('failed')] }),
    /no second one could be asked/,
  ],
  [
    'that most call false',
    checked({ outcome: 'failed', opinions: [by('failed'), by('passed'), by('failed')] }),
    /^Two of three other tabs .* did not choose these tokens/,
  ],
  [
    'that is unusual',
    checked({ outcome: 'suspicious', opinions: [by('suspicious'), by('suspicious')] }),
    /Nobody is accused/,
  ],
])('an answer %s', (_, said, expected) => {
  expect(said).toMatch(expected)
})

test('who was caught once casts a shadow on what nobody checked', () => {
  const answer = { segments: [{ peerId: 'a', startToken: 0 }], check: null, recheck: null }
  const caught = new Set(['a'])
  expect(falseNodeSentence(answer, new Set())).toBe('')
  expect(falseNodeSentence(answer, caught)).toMatch('was found to answer falsely')
  const check = { outcome: 'passed' } as CheckRecord
  expect(falseNodeSentence({ ...answer, check }, caught)).toBe('')
})

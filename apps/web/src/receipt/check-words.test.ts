import type { Outcome } from '@weft/protocol'
import type { AnswerRecord, CheckRecord, Opinion, Witness } from '@weft/sdk'
import { expect, test } from 'vitest'
import { checkSentence, falseNodeSentence, fingerprintWords } from './check-words.ts'

const lot = { isSampled: true, drawn: null }
const by = (outcome: Outcome, margins = [0, 0, 0]) =>
  ({ outcome, firstToken: 0, margins: Float32Array.from(margins) }) as Opinion

test('what fingerprints say is told where somebody looked at them', () => {
  const likenesses = [90, 127].map((alike) => ({ values: 128, alike, meanMantissa: 1 }))
  expect(fingerprintWords({ outcome: 'passed', likenesses: [] })).toBe('')
  expect(fingerprintWords({ outcome: 'failed', likenesses })).toMatch(/not this model’s.* 70 % of/)
  expect(fingerprintWords({ outcome: 'suspicious', likenesses })).toMatch(/70 % of .*, or more/)
})

const sentence = (change: Partial<AnswerRecord>) =>
  checkSentence({
    where: 'network',
    receipt: { firstToken: 0 } as AnswerRecord['receipt'],
    recheck: null,
    check: null,
    grade: 'signed',
    quorum: null,
    tokens: Array(80).fill(1),
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
    /^Another tab computed it again: all 3 choices are the same\. It could lie/,
  ],
  [
    'that passed to its end',
    checked({ outcome: 'passed', opinions: [by('passed', Array(81).fill(0))] }),
    /all 81 choices are the same, 80 tokens and the end\./,
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
  const answer = {
    segments: [{ peerId: 'a', startToken: 0, startChar: 0 }],
    check: null,
    recheck: null,
    quorum: null,
  }
  const caught = new Set(['a'])
  expect(falseNodeSentence(answer, new Set())).toBe('')
  expect(falseNodeSentence(answer, caught)).toMatch('was found to answer falsely')
  const check = { outcome: 'passed' } as CheckRecord
  expect(falseNodeSentence({ ...answer, check }, caught)).toBe('')
})

test('what several tabs said at once', () => {
  const witness = (partsAt: number | null, outcome: Outcome | null = null, tokens = 70) =>
    ({
      partsAt,
      answer: {
        tokens: Array(tokens).fill(1),
        receipt: tokens > 60 ? {} : null,
        check: { state: outcome ? 'decided' : 'waiting', outcome },
      },
    }) as Witness
  const said = (witnesses: Witness[], outcome: Outcome | null = null) =>
    sentence({
      quorum: { size: witnesses.length + 1, witnesses },
      check: { state: 'decided', lot, opinions: [], outcome, error: null },
    })
  expect(said([witness(null)])).toMatch(/^Two tabs answered at once and chose the same 70 tokens/)
  expect(sentence({ quorum: { size: 2, witnesses: [witness(null)] } })).toMatch(
    /each signed by its own\. Tabs of one owner/,
  )
  expect(said([witness(null, null, 50)])).toMatch(/the same 50 tokens, not signed by all of them/)
  // Who died before it said anything is no tab that agrees.
  expect(said([witness(null, null, 0)])).toMatch(/^Signed/)
  const failed = [by('failed'), by('failed')]
  const outvoted = {
    state: 'decided',
    lot,
    opinions: failed,
    outcome: 'failed',
    error: null,
  } as const
  expect(sentence({ quorum: { size: 2, witnesses: [witness(null)] }, check: outvoted })).toMatch(
    /each signed by its own\. Two of two other tabs .* did not choose these tokens/,
  )
  expect(said([witness(40), witness(null)])).toMatch(
    /^Three tabs answered at once; from token 41 on one of them says something else\. Other tabs are asked/,
  )
  expect(said([witness(40, 'passed')], 'passed')).toMatch(/Near a tie devices differ/)
  expect(said([witness(40, 'failed')], 'passed')).toMatch(/gets no more questions/)
  expect(said([witness(40, 'suspicious')], 'suspicious')).toMatch(/Nobody else could tell/)
  expect(said([])).toMatch(/^Signed/)
  const live = { quorum: { size: 2, witnesses: [witness(40)] }, receipt: null }
  const agreeing = { ...live, quorum: { size: 2, witnesses: [witness(null)] } }
  expect(sentence(agreeing)).toMatch(/the same 70 tokens so far\.$/)
  expect(sentence(live)).toMatch(/When they have ended others are asked/)
})

import {
  addressFromPeerId,
  checkVerdict,
  findingHash,
  signVerdict,
  type Verdict,
} from '@weft/protocol'
import type { AnswerRecord } from '@weft/storage'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { type Lie, openCheckingStage } from '../testing/checking-stage.ts'
import { askVerifier, claimOf } from './ask-verifier.ts'

const stage = await openCheckingStage()
const { client, manifest, openVerifier } = stage

const ask = async (answer: AnswerRecord, memory = createNodeMemory()) =>
  askVerifier({ network: client, memory, manifestOf: () => manifest }, claimOf(answer), {
    without: [],
    drawn: null,
  })

const honestAnswer = await stage.answerOf()

beforeEach(() => stage.closeVerifiers())
afterAll(() => stage.close())

test('an honest answer passes, and the verdict is signed by who found so', async () => {
  const verifierPeerId = await openVerifier()
  const check = await ask(honestAnswer)
  expect(check).toMatchObject({ verifierPeerId, outcome: 'passed', firstToken: 0 })
  expect(check.margins.length - honestAnswer.tokens.length).toBe(
    honestAnswer.finishReason === 'stop' ? 1 : 0,
  )
  expect(Math.max(...check.margins)).toBeLessThan(1e-3)
  expect(() => checkVerdict(check.verdict)).not.toThrow()
  expect(() => checkVerdict({ ...check.verdict, isFalse: true })).toThrow()
})

test('a node that samples hotter than it was asked to is found out', async () => {
  await openVerifier()
  const check = await ask(await stage.answerOf(stage.hot))
  expect(check.outcome).toBe('failed')
  expect(check.verdict.isFalse).toBe(true)
})

test('what nobody signed, nobody checks, or is not what was signed, has no verdict', async () => {
  await expect(ask({ ...honestAnswer, receipt: null })).rejects.toMatchObject({
    code: 'sdk/nothing-to-check',
  })
  await expect(ask(honestAnswer)).rejects.toMatchObject({ code: 'sdk/no-verifiers' })
  await openVerifier()
  const tokens = honestAnswer.tokens.with(3, 1)
  await expect(ask({ ...honestAnswer, tokens })).rejects.toMatchObject({ code: 'protocol/receipt' })
})

test('a model that nobody has calibrated is not judged', async () => {
  const { thresholds: _, ...bare } = manifest
  await openVerifier({ model: bare })
  await expect(ask(honestAnswer)).rejects.toMatchObject({
    code: 'verification/not-calibrated',
  })
})

test('who is not wanted is not asked, nor who was not drawn', async () => {
  const [first, second] = [await openVerifier(), await openVerifier()]
  const asked = (without: string[], drawn: string[] | null) => {
    const init = { network: client, memory: createNodeMemory(), manifestOf: () => manifest }
    const addresses = drawn?.map(addressFromPeerId) ?? null
    return askVerifier(init, claimOf(honestAnswer), { without, drawn: addresses })
  }
  expect((await asked([first], null)).verifierPeerId).toBe(second)
  expect((await asked([], [first])).verifierPeerId).toBe(first)
  await expect(asked([first], [first])).rejects.toMatchObject({ code: 'sdk/no-verifiers' })
})

const signing =
  (change: (said: Parameters<Lie>[0]) => Partial<Verdict>): Lie =>
  (said, { privateKey }) => ({
    ...said,
    verdict: signVerdict({ ...said.verdict, ...change(said) }, privateKey),
  })

test.each<[string, Lie]>([
  ['another receipt', signing(() => ({ receiptId: new Uint8Array(32) }))],
  ['another finding', signing(() => ({ finding: new Uint8Array(32) }))],
  ['the contrary of its finding', signing(({ verdict }) => ({ isFalse: !verdict.isFalse }))],
  [
    'what does not follow from its margins',
    (said, opened) => {
      const finding = { ...said.finding, outcome: 'failed' as const }
      const change = { isFalse: true, finding: findingHash(finding) }
      return signing(() => change)({ ...said, finding }, opened)
    },
  ],
  [
    'nothing',
    (said) => ({ ...said, verdict: { ...said.verdict, signature: new Uint8Array(64).fill(1) } }),
  ],
])('a verifier that signs %s is a liar, and another one is asked', async (_name, lie) => {
  const liar = await openVerifier({ lie })
  const memory = createNodeMemory()
  await expect(ask(honestAnswer, memory)).rejects.toMatchObject({ code: 'sdk/false-verdict' })
  expect(memory.isLiar(liar)).toBe(true)
  const honest = await openVerifier()
  expect(await ask(honestAnswer, memory)).toMatchObject({
    verifierPeerId: honest,
    outcome: 'passed',
  })
})

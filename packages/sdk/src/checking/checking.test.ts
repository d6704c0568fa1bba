import {
  addressFromPeerId,
  checkVerdict,
  findingHash,
  type Hex,
  signVerdict,
  type Verdict,
} from '@weft/protocol'
import type { AnswerRecord } from '@weft/storage'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { type Lie, openCheckingStage } from '../testing/checking-stage.ts'
import { askVerifier, claimOf } from './ask-verifier.ts'
import type { CheckedAnswer } from './check-answer.ts'
import type { CourtView } from './court-view.ts'

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

/** A court that has drawn this tab for every receipt. */
const court = { chainId: 31_337, contract: `0x${'ab'.repeat(20)}` } as const
const courtOf = (address: Hex) =>
  ({
    court,
    rules: { limitationSeconds: 86_400 },
    readCase: async () => ({ stage: 'none', toldAt: 0 }),
    epochAfter: async () => 1,
    isSampled: async () => true,
    draw: async () => [address],
  }) as unknown as CourtView

test.each([
  ['failed', 0.004, court],
  ['suspicious', 2, null],
] as const)(
  'who finds an answer %s says so to its asker, and to a court only what is sure',
  async (outcome, failed, counts) => {
    const windows = [{ tokens: 32, suspicious: 0.002, failed }]
    const model = { ...manifest, thresholds: { marginClip: 1, windows, fingerprint: null } }
    const ended: (CheckedAnswer | null)[] = []
    await openVerifier({ model, courtOf, onEnd: (checked) => ended.push(checked) })
    const init = { network: client, memory: createNodeMemory(), manifestOf: () => model }
    const claim = { ...claimOf(await stage.answerOf(stage.hot)), court }
    const said = await askVerifier(init, claim, { without: [], drawn: null })
    expect(said).toMatchObject({ outcome, verdict: { court: counts } })
    const testimony = counts && { isFalse: true, finding: said.verdict.finding }
    expect(ended).toMatchObject([{ testimony, isForCourt: counts !== null }])
  },
)

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

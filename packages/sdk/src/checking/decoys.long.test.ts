import { addressFromPeerId, checkClaim } from '@weft/protocol'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { openCheckingStage, says } from '../testing/checking-stage.ts'
import { createAnswerChecks } from './answer-checks.ts'
import { askVerifier, claimOf } from './ask-verifier.ts'
import { doctor, tryVerifier } from './decoys.ts'
import { dieLots } from './lots.ts'
import { newCheck } from './pursue-check.ts'

const stage = await openCheckingStage()
const { client, manifest, openVerifier } = stage
const answer = await stage.answerOf()
const claim = claimOf(answer)
beforeEach(() => stage.closeVerifiers())
afterAll(() => stage.close())

const initWith = (memory = createNodeMemory()) => ({
  network: client,
  memory,
  manifestOf: () => manifest,
})
const alone = { without: [], signal: new AbortController().signal }

test('a doctored claim is signed and whole, and honest verifiers call it false', async () => {
  const doctored = doctor(claim)
  if (!doctored) throw new Error('not doctored')
  expect(() => checkClaim(doctored.receipt, doctored)).not.toThrow()
  expect(doctored.tokens.slice(0, 32)).toEqual(claim.tokens.slice(0, 32))
  expect(doctored.tokens).not.toEqual(claim.tokens)
  expect(doctored.receipt.nodePeerId).not.toBe(claim.receipt.nodePeerId)
  await openVerifier()
  const found = await askVerifier(initWith(), doctored, { ...alone, drawn: null })
  expect(found.outcome).toBe('failed')
})

test('who lets it pass is believed no more, who does not is', async () => {
  const honest = await openVerifier()
  const memory = createNodeMemory()
  await tryVerifier(initWith(memory), claim, alone)
  expect(memory.isLiar(honest)).toBe(false)
  const lazy = await openVerifier({ lie: says('passed') })
  await tryVerifier(initWith(memory), claim, { ...alone, without: [honest] })
  expect(memory.isLiar(lazy)).toBe(true)
})

test('what is short, or says the same all over, makes no decoy', () => {
  const { receipt } = claim
  const short = { ...claim, tokens: claim.tokens.slice(0, 20) }
  expect(doctor({ ...short, receipt: { ...receipt, outputTokens: 20 } })).toBeNull()
  expect(doctor({ ...claim, tokens: claim.tokens.map(() => 7) })).toBeNull()
})

test('behind a check that passed: one who calls it false, with nobody to decide, changes nothing', async () => {
  const honest = await openVerifier()
  const liar = await openVerifier({ lie: says('failed') })
  const lot = { isSampled: true, drawn: [addressFromPeerId(honest)] }
  let kept = { ...answer, check: newCheck(lot) }
  const checks = createAnswerChecks({
    ...initWith(),
    lots: dieLots(0),
    trialShare: 1,
    times: { patienceMs: 30_000, retryMs: 50 },
    waiting: async () => [],
    keep: async () => {},
  })
  checks.onChange(({ change }) => {
    kept = change(kept) as typeof kept
  })
  checks.add(kept, null)
  await vi.waitFor(() => expect(kept.check.opinions).toHaveLength(2), { timeout: 15_000 })
  expect(kept.check).toMatchObject({
    state: 'decided',
    outcome: 'passed',
    opinions: [{ outcome: 'passed' }, { verifierPeerId: liar, outcome: 'failed' }],
  })
  checks.close()
})

test.each([
  ['others are asked the same and pass', {}, 0],
  ['one who lets all pass is found', { lie: says('passed') }, 1],
])('behind a check that passed: %s', async (_, how, liars) => {
  const verifiers = [await openVerifier(how), await openVerifier(how)]
  const memory = createNodeMemory()
  let kept = { ...answer, check: newCheck({ isSampled: true, drawn: null }) }
  const checks = createAnswerChecks({
    ...initWith(memory),
    lots: dieLots(0),
    trialShare: 1,
    times: { patienceMs: 30_000, retryMs: 50 },
    waiting: async () => [],
    keep: async () => {},
  })
  checks.onChange(({ change }) => {
    kept = change(kept) as typeof kept
  })
  checks.add(kept, null)
  await vi.waitFor(
    () => {
      expect(kept.check).toMatchObject({ state: 'decided', outcome: 'passed' })
      expect(verifiers.filter((peerId) => memory.isLiar(peerId))).toHaveLength(liars)
      if (liars === 0) expect(kept.check.opinions).toHaveLength(2)
    },
    { timeout: 15_000 },
  )
  checks.close()
})

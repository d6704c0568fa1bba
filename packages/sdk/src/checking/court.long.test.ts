import { registryRoles } from '@weft/payments/chain'
import { addressFromPeerId, type Hex } from '@weft/protocol'
import { parseEther } from 'viem'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { generate } from '../generate.ts'
import { type CourtStage, openCourtStage, type StageVerifier } from '../testing/court-stage.ts'
import { until } from '../testing/until.ts'
import { caseIdOf } from './court-view.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const stakeWei = parseEther('100')
// Seven verifiers fill both panels, and whoever is away or lies, two honest ones are in the first.
const rules = { epochSeconds: 2n, answerSeconds: 4n, panelSize: 3n, appealSize: 4n, sampleBps: 1n }

let stage: CourtStage
let verifiers: StageVerifier[]
let nodeAddress: Hex

beforeAll(async () => {
  stage = await openCourtStage(rules)
  const { privateKey } = stage
  const { operator } = await stage.chain.enrol(privateKey, {
    roles: registryRoles.compute,
    stakeWei,
  })
  nodeAddress = operator
  verifiers = await Promise.all(Array.from({ length: 7 }, () => stage.openVerifier()))
  await stage.untilVerifiers(7)
})
afterAll(() => stage.close())

const stakeOf = async (address: Hex) => {
  const view = verifiers[0]?.opened.view()
  if (!view) throw new Error('no court')
  return view.readStake(address)
}

/** The cases of all verifiers. */
const cases = () => verifiers.flatMap(({ opened }) => opened.court.state.get()?.cases ?? [])

async function untilSettled(id: Hex) {
  await until(
    () => cases().some((each) => each.id === id && each.progress === 'convicted'),
    'the node is convicted',
    { withinMs: 60_000, everyMs: 100 },
  )
}

test('a cheat is found, judged and loses half of its stake, over a reload and with a member of its panel away; others avoid it', async () => {
  const client = await stage.openClient()
  const [finder, away] = verifiers
  if (!finder || !away) throw new Error('no verifiers')
  for (const other of verifiers) if (other !== finder) await other.away()
  await stage.untilVerifiers(1)
  const answer = await stage.answer({ isCheating: true })
  if (!answer.receipt) throw new Error('no receipt')
  expect((await stage.check(answer)).outcome).toBe('failed')
  const id = caseIdOf(answer.receipt)
  await until(() => cases().some((each) => each.id === id), 'a case is open')
  await finder.reopen()
  expect(finder.opened.court.state.get()?.cases.map((each) => each.id) ?? []).toContain(id)
  for (const other of verifiers) if (other !== finder && other !== away) other.back()
  await untilSettled(id)
  expect(await stakeOf(nodeAddress)).toBe(stakeWei / 2n)
  away.back()

  // A client that has never met it asks it for nothing.
  const { components, request } = stage
  await until(() => client.memory.isLiar(stage.node.peerId), 'the verdict is known elsewhere')
  stage.startServing()
  const asked = generate({ ...components, ...client, peerId: client.network.peerId }, request)
  await expect(asked.next().then(() => asked.next())).rejects.toMatchObject({
    code: 'sdk/only-false',
  })
  await stage.stopServing()
})

test('a cheat that only a tab without seat and coins finds comes to court; who is bought once it was drawn pays as well', async () => {
  const poor = await stage.openVerifier({ hasSeat: false })
  await stage.untilVerifiers(8)
  for (const verifier of verifiers) {
    verifier.liesTo = async ({ receipt, court }, askerPeerId) => {
      const view = verifier.opened.view()
      if (!court || !view) return false
      const receiptId = caseIdOf(receipt)
      const epoch = await view.epochAfter((await view.readCase(receiptId)).toldAt)
      const panel = await view.draw({ receiptId, node: nodeAddress, epoch: epoch ?? 0 })
      const asker = addressFromPeerId(askerPeerId)
      return panel.find((drawn) => drawn !== asker) === verifier.address
    }
  }
  const before = await stakeOf(nodeAddress)
  const answer = await stage.answer({ isCheating: true })
  const { receipt } = answer
  if (!receipt) throw new Error('no receipt')
  expect((await stage.check(answer, poor)).outcome).toBe('failed')
  const id = caseIdOf(receipt)
  await untilSettled(id)
  await until(
    () => poor.opened.court.state.get()?.cases[0]?.progress === 'convicted',
    'who has found it is told',
  )
  expect(poor.opened.court.state.get()).toMatchObject({ cases: [{ isShown: true }], problem: null })
  await poor.away()
  const lostWei = before / 2n
  expect(await stakeOf(nodeAddress)).toBe(before - lostWei)
  const ended = cases().filter((each) => each.id === id && each.progress === 'convicted')
  expect(ended[0]).toMatchObject({ lostWei, panel: 3, sayFalse: 2, sayTrue: 1 })

  // Who said that nothing was wrong pays a fifth; those who were right, nothing.
  const { sayTrue = [] } = (await verifiers[0]?.opened.view()?.readCase(id)) ?? {}
  expect(sayTrue).toHaveLength(1)
  for (const { address } of verifiers) {
    const isMinority = sayTrue.includes(address)
    expect(await stakeOf(address)).toBe(isMinority ? (stakeWei * 4n) / 5n : stakeWei)
  }
  for (const verifier of verifiers) verifier.liesTo = async () => false
})

test('a verifier signs for no court where the lot did not fall on it', async () => {
  const [verifier] = verifiers
  if (!verifier) throw new Error('no verifier')
  const answer = await stage.answer({ isCheating: false })
  const { job, nonce, tokens, fingerprints, receipt } = answer
  const court = verifier.opened.view()?.court ?? null
  if (!receipt || !nonce || !court) throw new Error('nothing to check')
  await until(
    async () => (await verifier.opened.view()?.epochAfter(receipt.endedAtMs / 1000)) !== null,
    'the lot is cast',
  )
  const offers = await stage.client.findOffers({ role: 'verifies', modelCid: stage.modelCid })
  const found = offers.find(({ registration }) => registration.peerId === verifier.network.peerId)
  if (!found) throw new Error('not offered')
  const request = { job, nonce, tokens, fingerprints, receipt, court }
  const response = await stage.client.audit(found.registration, request)
  expect(response).toMatchObject({ type: 'verdict', verdict: { isFalse: false, court: null } })
  expect(addressFromPeerId(verifier.network.peerId)).toBe(verifier.address)
})

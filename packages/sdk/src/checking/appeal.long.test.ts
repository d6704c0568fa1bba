/**
 * A cheat calls a larger panel, which says the same of it: the accuser brings the answer to its members.
 */
import { registryRoles } from '@weft/payments/chain'
import { afterAll, expect, test, vi } from 'vitest'
import { openCourtStage } from '../testing/court-stage.ts'
import { until } from '../testing/until.ts'
import { caseIdOf } from './court-view.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 })

const stakeWei = 100n * 10n ** 18n
const rules = { epochSeconds: 2n, answerSeconds: 6n, panelSize: 3n, appealSize: 4n, sampleBps: 1n }
const stage = await openCourtStage(rules)
afterAll(() => stage.close())

test('a cheat that appeals is convicted by a larger panel as well, and loses its bond beside its stake', async () => {
  const roles = registryRoles.compute
  const { operator } = await stage.chain.enrol(stage.privateKey, { roles, stakeWei })
  const accused = await stage.goToCourt({ network: stage.node, privateKey: stage.privateKey })
  const verifiers = await Promise.all(Array.from({ length: 7 }, () => stage.openVerifier()))
  await stage.untilVerifiers(7)
  const answer = await stage.answer({ isCheating: true })
  if (!answer.receipt) throw new Error('no receipt')
  const id = caseIdOf(answer.receipt)
  expect((await stage.check(answer)).outcome).toBe('failed')

  const told = () => accused.opened.court.state.get()?.accusations ?? []
  const untilTold = (what: string) =>
    until(() => told()[0]?.stage === what, `the node is told: ${what}`, { withinMs: 40_000 })
  await untilTold('appealed')
  expect(told()).toMatchObject([{ id, lostWei: 0n }])
  const view = accused.opened.view()
  if (!view) throw new Error('no court')
  await untilTold('settled')
  const { sayFalse, sayTrue } = await view.readCase(id)
  // Two of the first panel, and of the larger one at least most.
  expect(sayFalse.length).toBeGreaterThanOrEqual(5)
  expect(sayTrue).toEqual([])
  const lostWei = stakeWei / 2n + view.rules.appealBondWei
  expect(told()).toMatchObject([{ lostWei }])
  expect(await view.readStake(operator)).toBe(stakeWei - lostWei)
  const ended = verifiers.flatMap(({ opened }) => opened.court.state.get()?.cases ?? [])
  expect(ended.some((each) => each.id === id && each.progress === 'convicted')).toBe(true)
})

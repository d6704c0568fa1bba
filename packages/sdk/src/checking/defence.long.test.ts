/**
 * A panel of one, so that one liar is a majority: the node calls a larger one and shows it what it had answered.
 */
import { registryRoles } from '@weft/payments/chain'
import { type Hex, randomBytes, receiptId, signVerdict } from '@weft/protocol'
import { afterAll, expect, test, vi } from 'vitest'
import { openCourtStage } from '../testing/court-stage.ts'
import { until } from '../testing/until.ts'
import { type CourtView, caseIdOf } from './court-view.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 })

const stakeWei = 100n * 10n ** 18n
const rules = {
  ...{ epochSeconds: 2n, answerSeconds: 6n, sampleBps: 1n },
  ...{ panelSize: 1n, appealSize: 2n },
}
const stage = await openCourtStage(rules)
afterAll(() => stage.close())

test('an honest node whose panel was bought shows its answer to the larger one: the liar pays, also to the node', async () => {
  const { privateKey } = stage
  const roles = registryRoles.compute
  const { operator } = await stage.chain.enrol(privateKey, { roles, stakeWei })
  const accused = await stage.goToCourt({ network: stage.node, privateKey })
  const state = () => accused.opened.court.state.get()
  await until(() => state()?.standing?.stakeWei === stakeWei, 'it knows what it has at stake')
  const verifiers = await Promise.all(Array.from({ length: 4 }, () => stage.openVerifier()))
  await stage.untilVerifiers(4)
  const { receipt } = await stage.answer({ isCheating: false, onAnswer: accused.opened.answered })
  if (!receipt) throw new Error('no receipt')
  await until(() => state()?.keptAnswers === 1, 'the node keeps what it has answered')
  // Whoever accuses it shows nobody anything, and the page was reloaded since.
  await accused.reopen()

  const id = caseIdOf(receipt)
  const court = await stage.chain.court(privateKey)
  const liar = await bribe(court)
  const stageOf = async () => (await court.readCase(id)).stage
  await until(async () => (await stageOf()) === 'appealed', 'it has appealed', {
    withinMs: 20_000,
  })
  await until(async () => (await stageOf()) === 'settled', 'it has ended', { withinMs: 40_000 })
  const lostWei = stakeWei / 5n
  const { settled } = await court.readNews(null)
  expect(settled).toEqual([{ receiptId: id, node: operator, outcome: 'acquitted', lostWei }])
  expect(await court.readStake(operator)).toBe(stakeWei)
  expect(await court.readOwed(operator)).toBe(lostWei / 2n)
  expect(await court.readStake(liar)).toBe(stakeWei - lostWei)

  /** Whoever is drawn calls the answer false. */
  async function bribe(view: CourtView): Promise<Hex> {
    if (!receipt) throw new Error('no receipt')
    await verifiers[0]?.opened.view()?.send.tell(receipt)
    const { toldAt } = await view.readCase(id)
    let epoch: number | null = null
    await until(
      async () => {
        epoch = await view.epochAfter(toldAt)
        return epoch !== null
      },
      'its panel is drawn',
      { withinMs: 20_000 },
    )
    const [drawn] = await view.draw({ receiptId: id, node: operator, epoch: epoch ?? 0 })
    const bribed = verifiers.find(({ address }) => address === drawn)
    if (!bribed || epoch === null) throw new Error('nobody was drawn')
    const about = { receiptId: receiptId(receipt), isFalse: true, finding: randomBytes(32) }
    const said = { verifierPeerId: bribed.network.peerId, ...about, court: view.court }
    const lie = signVerdict(said, bribed.privateKey)
    await bribed.opened.view()?.send.accuse(receipt, { epoch, verdicts: [lie] })
    return bribed.address
  }
})

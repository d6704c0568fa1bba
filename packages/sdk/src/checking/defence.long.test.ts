import { registryRoles } from '@weft/payments/chain'
import { MemoryLedgers, startDevelopmentChain } from '@weft/payments/testing'
import {
  addressFromPeerId,
  createPrivateKey,
  peerIdFromPrivateKey,
  randomBytes,
  receiptId,
  signVerdict,
} from '@weft/protocol'
import { afterAll, expect, test, vi } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { signedReceipt } from '../testing/signed-receipt.ts'
import { until } from '../testing/until.ts'
import type { CourtRecord } from './court-records.ts'
import { caseIdOf } from './court-view.ts'
import { createTabCourt } from './tab-court.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const stakeWei = 100n * 10n ** 18n
/** A panel of one, so that one liar is a majority. */
const rules = { epochSeconds: 2n, answerSeconds: 6n, panelSize: 1n, appealSize: 2n }
const chain = await startDevelopmentChain(rules)
afterAll(() => chain.stop())

test('a node whose panel was bought calls the larger one by itself, and keeps its stake', async () => {
  const node = createPrivateKey()
  await chain.enrol(node, { roles: registryRoles.compute, stakeWei })
  const verifiers = []
  for (let index = 0; index < 4; index += 1) {
    const privateKey = createPrivateKey()
    const { operator, court } = await chain.enrol(privateKey, {
      roles: registryRoles.verify,
      stakeWei,
    })
    await court.takeSeat(operator)
    verifiers.push({ privateKey, operator, court: await chain.court(privateKey) })
  }
  const network = {
    peerId: peerIdFromPrivateKey(node),
    findOffers: async () => [],
    audit: () => Promise.reject(new Error('It judges nobody.')),
  }
  const opened = createTabCourt({
    network,
    memory: createNodeMemory(),
    privateKey: node,
    ledgers: new MemoryLedgers<CourtRecord>(),
    manifestOf: () => {
      throw new Error('It judges nobody.')
    },
  })
  await opened.court.use(await chain.court(node))

  const [teller] = verifiers
  if (!teller) throw new Error('no verifier')
  const { court } = teller
  const receipt = signedReceipt(node)
  const id = caseIdOf(receipt)
  await court.send.tell(receipt)
  const { toldAt } = await court.readCase(id)
  let epoch: number | null = null
  await until(
    async () => {
      epoch = await court.epochAfter(toldAt)
      if (epoch === null) await court.send.record().catch(() => {})
      return epoch !== null
    },
    'its panel is drawn',
    { withinMs: 20_000 },
  )
  if (epoch === null) throw new Error('no epoch')
  const [drawn] = await court.draw({ receiptId: id, node: addressOf(node), epoch })
  const liar = verifiers.find(({ operator }) => operator === drawn)
  if (!liar) throw new Error('nobody was drawn')
  const about = { receiptId: receiptId(receipt), isFalse: true, finding: randomBytes(32) }
  const verifierPeerId = peerIdFromPrivateKey(liar.privateKey)
  const lie = signVerdict({ verifierPeerId, ...about, court: court.court }, liar.privateKey)
  await liar.court.send.accuse(receipt, { epoch, verdicts: [lie] })

  await until(async () => (await court.readCase(id)).stage === 'appealed', 'it has appealed', {
    withinMs: 20_000,
  })
  expect(opened.court.state.get()?.problem).toBeNull()
  const { endsAt } = await court.readCase(id)
  await until(async () => (await court.now()) > endsAt, 'the time is over', { withinMs: 20_000 })
  expect(await liar.court.send.settle(id)).toEqual({ outcome: 'undecided', lostWei: 0n })
  expect(await court.readStake(addressOf(node))).toBe(stakeWei)
  await opened.close()
})

function addressOf(key: Uint8Array) {
  return addressFromPeerId(peerIdFromPrivateKey(key))
}

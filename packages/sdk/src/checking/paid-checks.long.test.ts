/**
 * Who was drawn for a paid answer is paid for checking it, out of what the answer brought in, once.
 */
import { channelIdOf, registryRoles } from '@weft/payments/chain'
import { MemoryLedgers, startDevelopmentChain } from '@weft/payments/testing'
import {
  addressFromPeerId,
  createPrivateKey,
  peerIdFromPrivateKey,
  randomBytes,
} from '@weft/protocol'
import { afterAll, expect, test, vi } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { openPaidRoad } from '../testing/paid-stage.ts'
import { until } from '../testing/until.ts'
import { claimOf } from './ask-verifier.ts'
import type { CourtRecord } from './court-records.ts'
import { caseIdOf } from './court-view.ts'
import { createTabCourt } from './tab-court.ts'

vi.setConfig({ testTimeout: 60_000 })

const stakeWei = 100n * 10n ** 18n
// Every answer is checked, so a check brings what its answer brought into the pool.
const chain = await startDevelopmentChain({
  ...{ epochSeconds: 1n, sampleBps: 10_000n },
  ...{ panelSize: 3n, appealSize: 4n },
})
const { channels } = chain
const salt = `0x${'00'.repeat(32)}` as const
const road = await openPaidRoad(async (privateKey) => {
  const signer = addressFromPeerId(peerIdFromPrivateKey(privateKey))
  const wallet = await chain.createWallet()
  const { timestamp } = await chain.reader.getBlock()
  const expiry = Number(timestamp) + 3_600
  await wallet.open({ salt, signer, capWei: 10n ** 19n, expiry })
  const channelId = channelIdOf(wallet.address, salt)
  const funds = { ...channels.contract, channelId, grant: null }
  return { channels, funds, limit: await channels.readCollateral({ channelId, signer }) }
})
const { manifest } = road
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await road.close()
  await chain.stop()
})

/** A tab with a seat; what it keeps outlives a reload. */
async function openVerifier() {
  const privateKey = createPrivateKey()
  const { network } = road.client
  const ledgers = new MemoryLedgers<CourtRecord>()
  const { operator, owner, court } = await chain.enrol(privateKey, {
    roles: registryRoles.verify,
    stakeWei,
  })
  await court.takeSeat(operator)
  const memory = createNodeMemory()
  const open = async () => {
    const opened = createTabCourt({
      network,
      memory,
      privateKey,
      ledgers,
      manifestOf: () => manifest,
    })
    await opened.court.use(await chain.court(privateKey))
    return opened
  }
  const verifier = {
    operator,
    owner,
    court,
    opened: await open(),
    async reload() {
      await verifier.opened.close()
      verifier.opened = await open()
    },
  }
  closing.push(() => verifier.opened.close())
  return verifier
}

test('of three that were drawn one is paid, when the answer was redeemed, to the wei; its owner claims it', async () => {
  const node = await road.openNode({ policy: { redeemBatchFromWei: 1n, redeemLaneFromWei: 1n } })
  const verifiers = await Promise.all([openVerifier(), openVerifier(), openVerifier()])
  const view = verifiers[0]?.opened.view()
  if (!view) throw new Error('no court')
  const seated = await view.epochAfter(0)
  await until(async () => (await view.lastEpoch()) > (seated ?? 0) + 1, 'all seats are drawn')

  const { answer } = await road.ask()
  const { receipt } = answer
  if (!receipt) throw new Error('no receipt')
  expect(receipt.costWei).toBeGreaterThan(0n)
  const said = { askerPeerId: 'a client', isFalse: false, finding: randomBytes(32) }
  for (const { opened } of verifiers) await opened.checked(claimOf(answer), said)
  await until(async () => (await view.epochAfter(receipt.endedAtMs / 1000)) !== null, 'the lot')
  const owed = () => Promise.all(verifiers.map(({ operator }) => view.readOwed(operator)))
  for (const verifier of verifiers) await verifier.reload()
  expect(await owed()).toEqual([0n, 0n, 0n])
  expect(verifiers.map(({ opened }) => opened.court.state.get()?.waitingChecks)).toEqual([1, 1, 1])

  const sender = await chain.createWallet({ tokens: 0n })
  await node.payee.redeem({ policy: node.policy, send: (call) => sender.redeem(call) })
  for (const verifier of verifiers) await verifier.reload()
  await until(() => view.isPaid(caseIdOf(receipt)), 'somebody is paid')
  const auditBps = 200n
  const wei = (receipt.costWei * auditBps) / 10_000n
  expect((await owed()).toSorted()).toEqual([0n, 0n, wei].toSorted())

  const paid = verifiers[(await owed()).indexOf(wei)]
  if (!paid) throw new Error('nobody is paid')
  const { address } = paid.owner
  const before = (await channels.readAccount(address)).walletWei
  await paid.court.claim(paid.operator, address)
  expect((await channels.readAccount(address)).walletWei).toBe(before + wei)
})

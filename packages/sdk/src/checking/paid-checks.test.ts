import { MemoryLedgers } from '@weft/payments/testing'
import {
  type AuditRequest,
  addressFromPeerId,
  createPrivateKey,
  peerIdFromPrivateKey,
  type Receipt,
  randomBytes,
} from '@weft/protocol'
import { expect, test } from 'vitest'
import { scriptedCourt } from '../testing/scripted-court.ts'
import { signedReceipt } from '../testing/signed-receipt.ts'
import type { CourtRecord } from './court-records.ts'
import { caseIdOf } from './court-view.ts'
import { createPaidChecks } from './paid-checks.ts'

const node = createPrivateKey()
const channelId = `0x${'ab'.repeat(32)}` as const
const said = { askerPeerId: 'a client', isFalse: false, finding: randomBytes(32) }
const privateKey = createPrivateKey()
const { signal } = new AbortController()

/** Of an answer that was paid for; only its receipt is looked at. */
function claimOf(changed: Partial<Receipt> = {}): AuditRequest {
  const paid = { costWei: 5n, channelId, jobId: randomBytes(32) }
  return { receipt: signedReceipt(node, { ...paid, ...changed }) } as AuditRequest
}

async function open(script: Parameters<typeof scriptedCourt>[0] = {}) {
  const court = scriptedCourt(script)
  const ledgers = new MemoryLedgers<CourtRecord>()
  const ledger = await ledgers.open('court')
  const paid = createPaidChecks({ court, ledger, privateKey, worthWei: () => 1n })
  return { court, paid, ledger: async () => (await ledgers.open('court')).records }
}

test('what ended long ago, or in the future, is never waited for', async () => {
  const { court, paid } = await open()
  await paid.add(claimOf({ endedAtMs: 0 }), said)
  await paid.add(claimOf({ endedAtMs: Date.now() + 3_600_000 }), said)
  expect(paid.waiting()).toBe(0)
  expect(court.asked).toEqual([])
  await paid.add(claimOf(), said)
  expect(paid.waiting()).toBe(1)
})

test('a check that the chain says nothing of holds up no other, and is not asked for again at once', async () => {
  let searches = 0
  const { paid } = await open({
    async epochAfter() {
      searches += 1
      if (searches === 1) throw new Error('The server is away.')
      return 7
    },
    isSampled: async () => false,
  })
  await paid.add(claimOf(), said)
  await paid.add(claimOf(), said)
  await expect(paid.advance(signal)).rejects.toMatchObject({ code: 'sdk/court' })
  expect([searches, paid.waiting()]).toEqual([2, 1])
  await paid.advance(signal)
  expect(searches).toBe(2)
})

test('who asks for much crowds out what it has asked for itself', async () => {
  const { ledger, paid } = await open()
  const honest = [claimOf(), claimOf()]
  for (const claim of honest) await paid.add(claim, said)
  const stranger = { ...said, askerPeerId: 'a stranger' }
  for (let asked = 0; asked < 200; asked += 1) await paid.add(claimOf(), stranger)
  expect(paid.waiting()).toBe(200)
  const kept = (await ledger()).map(({ id }) => id)
  expect(kept).toHaveLength(200)
  expect(kept.slice(0, 2)).toEqual(honest.map(({ receipt }) => `check ${caseIdOf(receipt)}`))
})

test('what the lot has fallen on is crowded out by nothing that it may not fall on', async () => {
  const { ledger, paid } = await open({
    epochAfter: async () => 2 ** 31,
    isSampled: async () => true,
    draw: async () => [addressFromPeerId(peerIdFromPrivateKey(privateKey))],
    isPaid: async () => false,
    worthOf: async () => 0n,
  })
  const drawn = claimOf()
  await paid.add(drawn, said)
  await paid.advance(signal)
  for (let asked = 0; asked < 200; asked += 1) await paid.add(claimOf(), said)
  expect((await ledger()).map(({ id }) => id)).toContain(`check ${caseIdOf(drawn.receipt)}`)
  expect(paid.waiting()).toBe(200)
})

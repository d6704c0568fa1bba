import { MemoryLedgers } from '@weft/payments/testing'
import { type AuditRequest, createPrivateKey, type Receipt, randomBytes } from '@weft/protocol'
import { expect, test } from 'vitest'
import { scriptedCourt } from '../testing/scripted-court.ts'
import { signedReceipt } from '../testing/signed-receipt.ts'
import type { CourtRecord } from './court-records.ts'
import { createPaidChecks } from './paid-checks.ts'

const node = createPrivateKey()
const channelId = `0x${'ab'.repeat(32)}` as const
const said = { isFalse: false, finding: randomBytes(32) }
const { signal } = new AbortController()

/** Of an answer that was paid for; only its receipt is looked at. */
function claimOf(changed: Partial<Receipt> = {}): AuditRequest {
  const paid = { costWei: 5n, channelId, jobId: randomBytes(32) }
  return { receipt: signedReceipt(node, { ...paid, ...changed }) } as AuditRequest
}

async function open(script: Parameters<typeof scriptedCourt>[0] = {}) {
  const court = scriptedCourt(script)
  const ledger = await new MemoryLedgers<CourtRecord>().open('court')
  const privateKey = createPrivateKey()
  return { court, paid: createPaidChecks({ court, ledger, privateKey, worthWei: () => 1n }) }
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

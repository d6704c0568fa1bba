import {
  type AuditRequest,
  type AuditResponse,
  addressFromPeerId,
  createPrivateKey,
  findingHash,
  type Hex,
  type Manifest,
  type Offer,
  peerIdFromPrivateKey,
  receiptId,
  signVerdict,
} from '@weft/protocol'
import type { Opinion } from '@weft/storage'
import { expect, test } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { scriptedCourt } from '../testing/scripted-court.ts'
import { signedReceipt } from '../testing/signed-receipt.ts'
import { caseGas } from './case-fees.ts'
import { handOver, handOverPatiently } from './hand-over.ts'

const receipt = signedReceipt(createPrivateKey())
const job = { modelCid: receipt.modelCid }
const request = { receipt, job, fingerprints: [], court: null } as unknown as AuditRequest
const thresholds = {
  marginClip: 1,
  windows: [{ tokens: 32, suspicious: 0.1, failed: 0.2 }],
  fingerprint: null,
}
const manifestOf = () => ({ task: 'chat', thresholds }) as Manifest
const { signal } = new AbortController()

/** Verifiers by what the chain knows of them, and who of them was asked. */
function stageOf(standings: readonly { hasSeat: boolean; hasCoins: boolean }[]) {
  const keys = standings.map(() => createPrivateKey())
  const peerIds = keys.map(peerIdFromPrivateKey)
  const asked: string[] = []
  const of = (address: Hex) =>
    standings[peerIds.findIndex((peerId) => addressFromPeerId(peerId) === address)]
  const network = {
    peerId: 'client',
    findOffers: async () => peerIds.map((peerId) => ({ registration: { peerId } }) as Offer),
    async audit({ peerId }: { peerId: string }): Promise<AuditResponse> {
      asked.push(peerId)
      const key = keys[peerIds.indexOf(peerId)]
      if (!key) throw new Error('nobody')
      const margins = new Uint8Array(4 * (receipt.outputTokens + 1))
      const { inputTokens } = receipt
      const finding = { outcome: 'passed' as const, inputTokens, margins, likenesses: [] }
      const said = { receiptId: receiptId(receipt), isFalse: false, finding: findingHash(finding) }
      const verdict = signVerdict({ verifierPeerId: peerId, ...said, court: null }, key)
      return { type: 'verdict', verdict, finding }
    },
  }
  const court = scriptedCourt({
    readStake: async () => 10n ** 20n,
    readSeat: async (address) => (of(address)?.hasSeat ? { fromEpoch: 1, untilEpoch: null } : null),
    readFees: async (address) => ({
      gasWei: of(address)?.hasCoins ? 2n * caseGas : 1n,
      perGasWei: 1n,
    }),
  })
  return { init: { network, memory: createNodeMemory(), manifestOf, court }, peerIds, asked }
}

const all = [
  { hasSeat: false, hasCoins: true },
  { hasSeat: true, hasCoins: false },
  { hasSeat: true, hasCoins: true },
  { hasSeat: true, hasCoins: true },
]

test('only who can bring a case is asked for it, and each once', async () => {
  const { init, peerIds, asked } = stageOf(all)
  const first = await handOver(init, request, { signal, without: [] })
  const second = await handOver(init, request, { signal, without: [first.verifierPeerId] })
  expect([first.verifierPeerId, second.verifierPeerId].toSorted()).toEqual(
    peerIds.slice(2).toSorted(),
  )
  const none = handOver(init, request, { signal, without: asked })
  await expect(none).rejects.toMatchObject({ code: 'sdk/nobody-accuses' })
  expect(asked).toHaveLength(2)
})

test('where somebody who can accuse has found it false, nobody else is shown it', async () => {
  const { init, peerIds, asked } = stageOf(all)
  const by = (place: number) =>
    ({ verifierPeerId: peerIds[place], outcome: 'failed' }) as unknown as Opinion
  const ask = (opinions: Opinion[]) =>
    handOverPatiently(init, request, { signal, without: [], opinions })
  expect(await ask([by(0), by(2)])).toBeNull()
  expect(asked).toEqual([])
  expect(peerIds.slice(2)).toContain((await ask([by(0), by(1)]))?.verifierPeerId)
})

test('a node with nothing at stake is nobody’s case', async () => {
  const { init, asked } = stageOf(all)
  const court = scriptedCourt({ readStake: async () => 1n })
  const handing = { signal, without: [], opinions: [] }
  expect(await handOverPatiently({ ...init, court }, request, handing)).toBeNull()
  expect(asked).toEqual([])
})

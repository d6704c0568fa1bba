import {
  type AuditRequest,
  type AuditResponse,
  addressFromPeerId,
  type Court,
  createPrivateKey,
  findingHash,
  type Manifest,
  type Offer,
  type PrivateKey,
  peerIdFromPrivateKey,
  randomBytes,
  receiptId,
  signVerdict,
} from '@weft/protocol'
import { expect, test } from 'vitest'
import { signedReceipt } from '../testing/signed-receipt.ts'
import { askPanel } from './ask-panel.ts'
import type { OpenCase } from './court-records.ts'

const court: Court = { chainId: 1, contract: `0x${'11'.repeat(20)}` }
const receipt = signedReceipt(createPrivateKey())
const job = { modelCid: receipt.modelCid }
const request = { receipt, job, fingerprints: [], court } as unknown as AuditRequest
const open = {
  request,
  verdicts: [],
  finding: randomBytes(32),
  modelCid: 'm',
} as unknown as OpenCase
const manifest = {
  task: 'chat',
  thresholds: {
    marginClip: 1,
    windows: [{ tokens: 32, suspicious: 0.1, failed: 0.2 }],
    fingerprint: null,
  },
} as Manifest
const { signal } = new AbortController()

/** Finds nothing wrong. */
function verdictOf(privateKey: PrivateKey): AuditResponse {
  const margins = new Uint8Array(4 * (receipt.outputTokens + 1))
  const { inputTokens } = receipt
  const finding = { outcome: 'passed' as const, inputTokens, margins, likenesses: [] }
  const about = { receiptId: receiptId(receipt), isFalse: false, finding: findingHash(finding) }
  const verifierPeerId = peerIdFromPrivateKey(privateKey)
  return {
    type: 'verdict',
    finding,
    verdict: signVerdict({ verifierPeerId, ...about, court }, privateKey),
  }
}

/** A panel of whom the first say something, and the others never answer. */
function panelOf({ size, speaking }: { size: number; speaking: number }) {
  const keys = Array.from({ length: size }, createPrivateKey)
  const peerIds = keys.map(peerIdFromPrivateKey)
  const failed: string[] = []
  const ended: string[] = []
  const network = {
    findOffers: async () => peerIds.map((peerId) => ({ registration: { peerId } }) as Offer),
    audit: ({ peerId }: { peerId: string }, _: unknown, options?: { signal?: AbortSignal }) => {
      const place = peerIds.indexOf(peerId)
      const key = keys[place]
      if (key && place < speaking) return Promise.resolve(verdictOf(key))
      return new Promise<never>((_resolve, reject) =>
        options?.signal?.addEventListener('abort', () => {
          ended.push(peerId)
          reject(new Error('It has ended.'))
        }),
      )
    },
  }
  const init = {
    ...{ court: { court }, network, privateKey: createPrivateKey(), manifestOf: () => manifest },
    memory: { failed: (peerId: string) => failed.push(peerId), lied: () => {} },
  }
  return {
    init,
    panel: peerIds.map(addressFromPeerId),
    failed,
    ended,
    silent: peerIds.slice(speaking),
  }
}

test('who is silent holds up no majority, and is not blamed for it', async () => {
  const { init, panel, failed, ended, silent } = panelOf({ size: 9, speaking: 5 })
  const options = { panel, isEnough: (said: readonly unknown[]) => said.length >= 5, graceMs: 0 }
  const said = await askPanel(init, open, options, signal)
  expect(said).toHaveLength(5)
  expect(ended.toSorted()).toEqual(silent.toSorted())
  expect(failed).toEqual([])
})

test('without a majority what was said is there when the time is over', async () => {
  const { init, panel } = panelOf({ size: 9, speaking: 2 })
  const options = { panel, isEnough: () => false, withinMs: 50, graceMs: 0 }
  expect(await askPanel(init, open, options, signal)).toHaveLength(2)
  const late = { ...options, withinMs: 0 }
  expect(await askPanel(init, open, late, signal)).toEqual([])
})

test('who speaks within the grace counts as well', async () => {
  const { init, panel } = panelOf({ size: 4, speaking: 4 })
  const options = {
    panel,
    isEnough: (said: readonly unknown[]) => said.length >= 3,
    graceMs: 2_000,
  }
  expect(await askPanel(init, open, options, signal)).toHaveLength(4)
})

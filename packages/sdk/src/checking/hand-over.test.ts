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
import { afterEach, expect, test, vi } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { scriptedCourt } from '../testing/scripted-court.ts'
import { signedReceipt } from '../testing/signed-receipt.ts'
import { caseGasOf } from './case-fees.ts'
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

type Standing = {
  hasSeat: boolean
  hasCoins: boolean
  /** What it finds; by default nothing wrong. */
  isFalse?: boolean
  /** Whether it goes to court with that. */
  tells?: boolean
}

afterEach(() => void vi.useRealTimers())

/** Verifiers by what the chain knows of them, and who of them was asked. */
function stageOf(standings: readonly Standing[]) {
  let toldAt = 0

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
      const at = peerIds.indexOf(peerId)
      const key = keys[at]
      if (!key) throw new Error('nobody')
      const { isFalse = false, tells = false } = standings[at] ?? {}
      if (tells) toldAt = 1
      // It counts other tokens in the prompt than the receipt.
      const inputTokens = receipt.inputTokens + (isFalse ? 1 : 0)
      const margins = new Uint8Array(4 * (receipt.outputTokens + 1))
      const outcome = isFalse ? ('failed' as const) : ('passed' as const)
      const finding = { outcome, inputTokens, margins, likenesses: [] }
      const said = { receiptId: receiptId(receipt), isFalse, finding: findingHash(finding) }
      const verdict = signVerdict({ verifierPeerId: peerId, ...said, court: null }, key)
      return { type: 'verdict', verdict, finding }
    },
  }
  const court = scriptedCourt({
    readStake: async () => 10n ** 20n,
    readCase: async () => ({ toldAt, stage: 'none' }) as never,
    readSeat: async (address) => (of(address)?.hasSeat ? { fromEpoch: 1, untilEpoch: null } : null),
    readFees: async (address) => ({
      gasWei: of(address)?.hasCoins ? 2n * caseGasOf(court.rules) : 1n,
      perGasWei: 1n,
    }),
  })
  return { init: { network, memory: createNodeMemory(), manifestOf, court }, peerIds, asked }
}

const able = { hasSeat: true, hasCoins: true }

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

test.each([{ tells: true }, { tells: false }])(
  'who finds it false in the check itself, and can accuse, is followed by others where no court is told: $tells',
  async ({ tells }) => {
    vi.useFakeTimers()
    const { init, peerIds, asked } = stageOf([...all, { ...able, isFalse: true, tells: true }])
    const by = (place: number) =>
      ({ verifierPeerId: peerIds[place], outcome: 'failed' }) as unknown as Opinion
    let toldAt = 0
    const readCase: typeof init.court.readCase = async (id) =>
      toldAt > 0 ? ({ toldAt, stage: 'none' } as never) : init.court.readCase(id)
    const without = peerIds.slice(0, 4)
    const handing = handOverPatiently({ ...init, court: { ...init.court, readCase } }, request, {
      ...{ signal, without },
      opinions: [by(0), by(2)],
    })
    await vi.advanceTimersByTimeAsync(50_000)
    // It has the time to tell.
    expect(asked).toEqual([])
    if (tells) toldAt = 1
    await vi.runAllTimersAsync()
    expect((await handing).map(({ verifierPeerId }) => verifierPeerId)).toEqual(
      tells ? [] : [peerIds[4]],
    )
  },
)

/** All that was said, and in which order, once nobody waits any more. */
async function handedOver(standings: readonly Standing[]): Promise<string[]> {
  vi.useFakeTimers()
  const { init } = stageOf(standings)
  const handing = handOverPatiently(init, request, { signal, without: [], opinions: [] })
  await vi.runAllTimersAsync()
  return (await handing).map(({ outcome }) => outcome)
}

test('a verifier that finds nothing wrong is not the last one asked', async () => {
  const honest = { ...able, isFalse: true, tells: true }
  for (let time = 0; time < 3; time += 1) {
    const said = await handedOver([able, honest])
    expect(said.at(-1)).toBe('failed')
  }
})

test('who says that it is false and tells no court is followed by others, three in all', async () => {
  const silent = { ...able, isFalse: true }
  expect(await handedOver(Array(5).fill(silent))).toEqual(['failed', 'failed', 'failed'])
  expect(await handedOver(Array(5).fill({ ...silent, tells: true }))).toEqual(['failed'])
})

test('a node with nothing at stake is nobody’s case', async () => {
  const { init, asked } = stageOf(all)
  const court = scriptedCourt({ readStake: async () => 1n })
  const handing = { signal, without: [], opinions: [] }
  expect(await handOverPatiently({ ...init, court }, request, handing)).toEqual([])
  expect(asked).toEqual([])
})

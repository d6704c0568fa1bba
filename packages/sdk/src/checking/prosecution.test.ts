import type { CaseOnChain } from '@weft/payments/chain'
import { MemoryLedgers } from '@weft/payments/testing'
import {
  type AuditRequest,
  addressFromPeerId,
  createPrivateKey,
  pause,
  peerIdFromPrivateKey,
  randomBytes,
} from '@weft/protocol'
import { expect, test, vi } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { scriptedCourt } from '../testing/scripted-court.ts'
import { signedReceipt } from '../testing/signed-receipt.ts'
import type { CourtRecord } from './court-records.ts'
import { caseIdOf } from './court-view.ts'
import { createProsecution } from './prosecution.ts'

const node = createPrivateKey()
const finding = randomBytes(32)
const { signal } = new AbortController()
const nowSeconds = () => Math.floor(Date.now() / 1000)
const accuser = addressFromPeerId(peerIdFromPrivateKey(createPrivateKey()))

function found(): AuditRequest {
  const receipt = signedReceipt(node, { jobId: randomBytes(32) })
  return { receipt, job: { modelCid: receipt.modelCid } } as AuditRequest
}

function caseOf(changed: Partial<CaseOnChain>): CaseOnChain {
  const votes = { sayFalse: [], sayTrue: [] }
  return { toldAt: 0, stage: 'none', epoch: 0, endsAt: 0, accuser, ...votes, ...changed }
}

async function open(script: Parameters<typeof scriptedCourt>[0]) {
  const court = scriptedCourt({ readStake: async () => 10n ** 20n, ...script })
  const ledger = await new MemoryLedgers<CourtRecord>().open('court')
  return createProsecution({
    court,
    ledger,
    network: {
      peerId: 'own',
      findOffers: async () => [],
      audit: () => Promise.reject(new Error('away')),
    },
    memory: createNodeMemory(),
    privateKey: createPrivateKey(),
    manifestOf: () => Promise.reject(new Error('Nothing is judged.')) as never,
    onChange: () => {},
  })
}

test('what was settled before it was found is no case, nor fills the place of one', async () => {
  let server: 'away' | 'there' = 'there'
  const settled = caseOf({ stage: 'settled', endsAt: nowSeconds() - 3_600 })
  const prosecution = await open({
    async readCase() {
      if (server === 'away') throw new Error('The server is away.')
      return settled
    },
    readNews: async () => ({ settled: [], accused: [], nextBlock: 0n }),
  })
  await prosecution.open(found(), finding)
  expect(prosecution.cases()).toEqual([])
  // It is not known then: the next step ends it, and the conversation is kept no longer.
  server = 'away'
  await prosecution.open(found(), finding)
  expect(prosecution.cases()).toMatchObject([{ progress: 'found' }])
  server = 'there'
  await prosecution.advance(signal)
  expect(prosecution.cases()).toMatchObject([{ progress: 'dropped', request: null }])
})

test('a server that is away while a cheat is found loses no case', async () => {
  const prosecution = await open({
    readStake: () => Promise.reject(new Error('The server is away.')),
    readCase: () => Promise.reject(new Error('The server is away.')),
  })
  await prosecution.open(found(), finding)
  expect(prosecution.cases()).toMatchObject([{ progress: 'found' }])
})

test('a case whose server is silent holds up no other', async () => {
  const asked: string[] = []
  let isSilent = false
  const prosecution = await open({
    readCase(id) {
      asked.push(id)
      if (isSilent && asked.length === 1) return new Promise<never>(() => {})
      return Promise.reject(new Error('The server is away.'))
    },
  })
  await prosecution.open(found(), finding)
  await prosecution.open(found(), finding)
  asked.length = 0
  isSilent = true
  await expect(prosecution.advance(signal)).rejects.toMatchObject({ code: 'sdk/case' })
  expect(new Set(asked).size).toBe(2)
  // Meanwhile it is asked nothing more.
  await prosecution.advance(signal).catch(() => {})
  expect(asked.filter((id) => id === asked[0])).toHaveLength(1)
})

test('what nobody can tell yet costs nothing, and gives way to what comes', async () => {
  let judges = 11
  const told: string[] = []
  const prosecution = await open({
    readCase: async () => caseOf({}),
    readJudgesOf: async () => judges,
    readFees: async () => ({ gasWei: 10n ** 18n, perGasWei: 1n }),
    send: {
      tell: async (receipt) => {
        told.push(caseIdOf(receipt))
        return {} as never
      },
    },
  })
  for (let index = 0; index < 5; index += 1) {
    await pause(2)
    await prosecution.open(found(), finding)
  }
  await prosecution.advance(signal)
  expect(told).toEqual([])
  const progress = () => prosecution.cases().map((each) => each.progress)
  expect(progress()).toEqual(['found', 'found', 'found', 'found', 'dropped'])
  judges = 12
  await vi.waitFor(async () => {
    await prosecution.advance(signal)
    expect(progress()).toEqual(['told', 'told', 'told', 'told', 'dropped'])
  }, 5_000)
  // As many as one tab brings at once: the next waits, and stops nothing.
  await pause(2)
  await prosecution.open(found(), finding)
  await prosecution.advance(signal).catch(() => {})
  expect(progress()[0]).toBe('found')
  expect(told).toHaveLength(4)
})

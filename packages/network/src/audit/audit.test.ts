import {
  type AuditRequest,
  type AuditResponse,
  createJob,
  freePrice,
  greedySampling,
  signReceipt,
  WeftError,
} from '@weft/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, modelCid } from '../testing/fixtures.ts'
import type { NodeNetwork } from '../testing/node-network.ts'
import { createPair, type Pair } from '../testing/pair.ts'
import { audits, maxAuditsPerPeer } from './constants.ts'

let pair: Pair
let request: AuditRequest
beforeEach(async () => {
  pair = await createPair()
  const { job, nonce } = createJob({
    modelCid,
    messages: [{ role: 'user', content: 'Hello' }],
    sampling: greedySampling,
    overflow: 'error',
    maxTokens: 8,
    clientPeerId: pair.client.network.peerId,
    maxPrice: freePrice,
    createdAtMs: 1_800_000_000_000,
  })
  const receipt = receiptOf(pair, job.clientPeerId)
  request = { job, nonce, tokens: [1, 2], fingerprints: [], receipt, court: null }
})
afterEach(() => pair.stop())

const hash = new Uint8Array(32)

/** Signed by the node; what it says is no matter of this room. */
function receiptOf({ node }: Pair, clientPeerId: string) {
  const engine = { runtime: 'test', backend: 'wasm', device: '' } as const
  return signReceipt(
    {
      version: 1,
      jobId: hash,
      modelCid,
      tokenizerHash: hash,
      samplerHash: hash,
      nodePeerId: node.network.peerId,
      clientPeerId,
      nonce: hash,
      inputTokens: 3,
      firstToken: 0,
      outputTokens: 2,
      tokenChain: [hash],
      textHash: hash,
      finishReason: 'stop',
      engine,
      price: freePrice,
      costWei: 0n,
      channelId: null,
      prefillMs: 1,
      decodeMs: 1,
      endedAtMs: 1_800_000_000_000,
    },
    node.privateKey,
  )
}

const verdictOf = ({ receipt }: AuditRequest, verifierPeerId: string): AuditResponse => ({
  type: 'verdict',
  verdict: {
    verifierPeerId,
    receiptId: receipt.jobId,
    isFalse: false,
    finding: hash,
    court: null,
    signature: new Uint8Array(64),
  },
  finding: { outcome: 'passed', inputTokens: 3, margins: new Uint8Array(12), likenesses: [] },
})

const ask = (signal?: AbortSignal) =>
  pair.client.network.audit(pair.offer.registration, request, signal ? { signal } : {})

const streams = ({ libp2p }: NodeNetwork) =>
  libp2p
    .getConnections()
    .flatMap((connection) => connection.streams)
    .filter(({ protocol }) => protocol === audits.protocol).length

test('an answer goes to its verifier whole, and what it found comes back', async () => {
  const { network } = pair.node
  network.handleAudits(async (asked, { peerId }) => {
    expect(asked).toEqual(request)
    expect(peerId).toBe(pair.client.network.peerId)
    return verdictOf(asked, network.peerId)
  })
  expect(await ask()).toEqual(verdictOf(request, network.peerId))
  await eventually(() => streams(pair.client) + streams(pair.node) === 0)
})

test('a tab that checks nothing, and a check that fails, are told with their reason', async () => {
  expect(await ask()).toMatchObject({ error: { code: 'network/not-verifying' } })
  pair.node.network.handleAudits(async () => {
    throw new WeftError('verification/not-calibrated', 'Nobody has calibrated this model.')
  })
  expect(await ask()).toMatchObject({
    type: 'refusal',
    error: { code: 'verification/not-calibrated', message: 'Nobody has calibrated this model.' },
  })
})

test('one client has one answer checked at a time; who leaves ends its check', async () => {
  let ended = 0
  pair.node.network.handleAudits(async (_, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    ended += 1
    throw new WeftError('test/ended', 'Ended.')
  })
  const leaving = new AbortController()
  const waiting = Array.from({ length: maxAuditsPerPeer }, () => ask(leaving.signal))
  await eventually(() => streams(pair.node) === maxAuditsPerPeer)
  expect(await ask()).toMatchObject({ type: 'refusal', error: { code: 'network/busy' } })
  leaving.abort()
  for (const each of waiting) {
    await expect(each).rejects.toMatchObject({ code: 'protocol/cancelled' })
  }
  await eventually(() => ended === maxAuditsPerPeer)
  await eventually(() => streams(pair.client) + streams(pair.node) === 0)
})

test('a verifier that goes in mid-check is noticed', async () => {
  const begun = Promise.withResolvers<void>()
  pair.node.network.handleAudits(() => {
    begun.resolve()
    return new Promise(() => {})
  })
  const asked = ask()
  await begun.promise
  await pair.node.network.stop()
  await expect(asked).rejects.toMatchObject({ code: 'network/stream-lost' })
})

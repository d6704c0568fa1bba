/**
 * Values for tests: a model, an offer, a job, and a node that answers with numbered words.
 * @module
 */
import {
  createJob,
  type DirectoryQuery,
  defaultSampling,
  type EngineInfo,
  type FinishReason,
  freePrice,
  type Job,
  jobId,
  limits,
  type PrivateKey,
  peerIdFromPrivateKey,
  type Quote,
  type Receipt,
  type Registration,
  samplerHash,
  sha256,
  signQuote,
  signReceipt,
  TokenChain,
  utf8ToBytes,
} from '@weft/protocol'
import type { Announcement, IncomingJob } from '../network.ts'

export const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'

const engine: EngineInfo = { runtime: 'test', backend: 'node-cpu', device: 'test' }

export const announcement: Required<Pick<Announcement, 'models' | 'maxJobs'>> = {
  models: [{ modelCid, price: freePrice, engine, tokensPerSecond: 10 }],
  maxJobs: 2,
}

/** What a registration has beside models and jobs, where a test does not care. */
export const unannounced: Pick<
  Registration,
  'stores' | 'layers' | 'verifies' | 'proves' | 'region'
> = {
  stores: [],
  layers: [],
  verifies: [],
  proves: [],
  region: null,
}

export const anyQuery: DirectoryQuery = {
  type: 'query',
  role: 'models',
  modelCid: null,
  maxPrice: null,
  region: null,
  isFree: false,
  limit: limits.maxOffers,
}

export function createTestJob(
  clientPeerId: string,
  { fingerprints = false } = {},
): { job: Job; nonce: Uint8Array } {
  return createJob({
    modelCid,
    messages: [{ role: 'user', content: 'Say something.' }],
    sampling: defaultSampling,
    overflow: 'error',
    maxTokens: 1000,
    fingerprints,
    clientPeerId,
    maxPrice: freePrice,
    createdAtMs: Date.now(),
  })
}

export function quoteFor(job: Job, privateKey: PrivateKey, firstToken = 0): Quote {
  const unsigned = {
    version: 1 as const,
    jobId: jobId(job),
    nodePeerId: peerIdFromPrivateKey(privateKey),
    modelCid,
    inputTokens: 3,
    droppedMessages: 0,
    firstToken,
    price: freePrice,
    payment: null,
    engine,
    expiresAtMs: Date.now() + 60_000,
  }
  return signQuote(unsigned, privateKey)
}

function receiptFor(
  { job, answered, clientPeerId }: Pick<IncomingJob, 'job' | 'answered' | 'clientPeerId'>,
  { nonce, words, privateKey }: { nonce: Uint8Array; words: string[]; privateKey: PrivateKey },
  finishReason: FinishReason,
): Receipt {
  const chain = new TokenChain({ jobId: jobId(job), nonce })
  chain.push(answered)
  chain.push(words.map((_, index) => answered.length + index))
  const unsigned = {
    version: 1 as const,
    jobId: jobId(job),
    modelCid,
    tokenizerHash: new Uint8Array(32),
    samplerHash: samplerHash(job.sampling),
    nodePeerId: peerIdFromPrivateKey(privateKey),
    clientPeerId,
    nonce,
    inputTokens: 3,
    firstToken: answered.length,
    outputTokens: words.length,
    tokenChain: chain.windows(),
    textHash: sha256(utf8ToBytes(words.join(''))),
    finishReason,
    engine,
    price: freePrice,
    costWei: 0n,
    channelId: null,
    prefillMs: 1,
    decodeMs: 1,
    endedAtMs: Date.now(),
  }
  return signReceipt(unsigned, privateKey)
}

/** Answers with words up to `count` of them, one token each, and stops at a cancel. */
export async function answerWithWords(
  incoming: IncomingJob,
  { privateKey, count, gapMs = 0 }: { privateKey: PrivateKey; count: number; gapMs?: number },
): Promise<void> {
  const nonce = await incoming.quote(quoteFor(incoming.job, privateKey, incoming.answered.length))
  const words: string[] = []
  const first = incoming.answered.length
  for (let index = first; index < count && !incoming.signal.aborted; index++) {
    const text = `word${index} `
    await incoming.send({ index, tokens: [index], text })
    words.push(text)
    if (gapMs > 0) await new Promise((resolve) => setTimeout(resolve, gapMs))
  }
  const finishReason = incoming.signal.aborted ? 'cancelled' : 'stop'
  await incoming.finish(receiptFor(incoming, { nonce, words, privateKey }, finishReason))
}

/** Polls until `check` gives a value; one that throws is asked again. @throws after `ms`, what it threw last */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { ms = 15_000, subject = 'the condition' }: { ms?: number; subject?: string } = {},
): Promise<NonNullable<T>> {
  const endMs = Date.now() + ms
  for (;;) {
    let reason: unknown
    try {
      const value = await check()
      if (value) return value
    } catch (error) {
      reason = error
    }
    if (Date.now() > endMs) {
      throw reason ?? new Error(`${subject} did not come true within ${ms} ms`)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/**
 * The node's half of the road: Job -> Quote -> engine -> Delta* -> Receipt.
 * @module
 */
import type { Engine, PromptMeasure } from '@weft/engine'
import type { IncomingJob, Network } from '@weft/network'
import type { PaidJob } from '@weft/payments'
import {
  type AuditRequest,
  checkMessages,
  costWei,
  deriveSeed,
  type EngineInfo,
  freePrice,
  isCutShort,
  jobId,
  type Manifest,
  manifestCid,
  type PrivateKey,
  peerIdFromPrivateKey,
  type QueuePlace,
  type Receipt,
  samplerHash,
  sha256,
  signQuote,
  signReceipt,
  TokenChain,
  utf8ToBytes,
  WeftError,
} from '@weft/protocol'
import { type Charge, openPaidJob, termsOf } from './charge.ts'
import { JobQueue, type Place } from './job-queue.ts'
import { busy, leftQueue, noRoom, switchedOff, toWire, wrongModel } from './serve-errors.ts'
import { tokenizerHash } from './tokenizer-hash.ts'

export type ServeInit = {
  network: Pick<Network, 'handleJobs'>
  engine: Pick<Engine, 'measurePrompt' | 'generate'>
  privateKey: PrivateKey
  manifest: Manifest
  engineInfo: EngineInfo
  /** Null: it answers for nothing. */
  charge: Charge | null
  /** Jobs at the same time; a few more wait, and the next is refused as busy. */
  maxJobs: number
  /** Of this device, for a first guess at how long others have to wait. */
  tokensPerSecond?: number
  onEvent: (event: ServeEvent) => void
  /** What this node has signed, as a verifier would be shown it. */
  onAnswer?: (claim: GivenClaim) => void
}

export type GivenClaim = Pick<AuditRequest, 'job' | 'nonce' | 'tokens' | 'receipt'>

export type ServeEvent =
  /** Jobs that have a place, and jobs that wait for one. */
  | { type: 'queue-change'; running: number; waiting: number }
  | { type: 'job-start'; id: string; clientPeerId: string; inputTokens: number }
  | { type: 'job-delta'; id: string; tokens: number }
  | { type: 'job-end'; id: string; state: 'done' | 'cancelled' | 'failed' }

/**
 * From the job's making to the quote's end, by the client's own clock: the two clocks may differ by
 * minutes. Covers a wait in a queue and a long answer that is handed over at its end.
 */
const quoteLifetimeMs = 60 * 60_000
/** Of an answer, before any has told. */
const usualTokens = 100
/** Bytes of prompt that a token stands for at the very most; beyond it nothing is tokenised. */
export const maxBytesPerToken = 32

/**
 * @returns a function that takes no more jobs, ends the running ones and tells their clients the
 *   reason; by default that it was switched off
 */
export function serve(init: ServeInit): (reason?: WeftError) => Promise<void> {
  const held = new Set<Promise<void>>()
  const stopped = new AbortController()
  const queue = new JobQueue({
    places: init.maxJobs,
    ...(init.tokensPerSecond ? { firstGuessMs: (1000 * usualTokens) / init.tokensPerSecond } : {}),
    onChange: (counts) => init.onEvent({ type: 'queue-change', ...counts }),
  })
  const stopHandling = init.network.handleJobs(async (incoming) => {
    // Unlike a count, not that of an earlier job when serving was off in between.
    const job = { id: crypto.randomUUID(), stopped: stopped.signal, queue }
    const done = takeJob(init, incoming, job)
    held.add(done)
    try {
      await done
    } finally {
      held.delete(done)
    }
  })
  return async (reason = switchedOff()) => {
    stopHandling()
    stopped.abort(reason)
    await Promise.allSettled(held)
  }
}

type Held = { id: string; stopped: AbortSignal }
/** `paid` is null for a node that answers for nothing. */
type Measured = Held & { measure: PromptMeasure; paid: PaidJob | null }

/** Refuses what cannot be answered, waits for a place, answers. */
async function takeJob(
  init: ServeInit,
  incoming: IncomingJob,
  held: Held & { queue: JobQueue },
): Promise<void> {
  const { engine, manifest, charge } = init
  const { queue } = held
  const { job, clientPeerId } = incoming
  if (job.modelCid !== manifestCid(manifest)) return incoming.refuse(wrongModel(job.modelCid))
  const busyBeforeMs = queue.busyMs(clientPeerId)
  if (busyBeforeMs !== null) return incoming.refuse(busy(busyBeforeMs), busyBeforeMs)
  let measure: PromptMeasure
  let paid: PaidJob | null = null
  try {
    checkMessages(job.messages, { maxBytes: manifest.contextTokens * maxBytesPerToken })
    measure = await engine.measurePrompt(job)
    paid = charge && (await openPaidJob(charge, incoming))
  } catch (error) {
    return incoming.refuse(toWire(error))
  }
  try {
    await awaitPlace(init, incoming, { ...held, measure, paid })
    // The voucher for the rest comes behind the receipt, and holds no place.
    await paid?.settled({ signal: incoming.closed })
  } finally {
    await paid?.close()
  }
}

async function awaitPlace(
  init: ServeInit,
  incoming: IncomingJob,
  { queue, ...held }: Measured & { queue: JobQueue },
): Promise<void> {
  const { clientPeerId } = incoming
  const busyMs = queue.busyMs(clientPeerId)
  if (busyMs !== null) return incoming.refuse(busy(busyMs), busyMs)
  let place: Place
  try {
    const signal = AbortSignal.any([incoming.signal, held.stopped])
    // A client that takes no message is gone soon, and then leaves the queue.
    const onPlace = (now: QueuePlace) => void incoming.queue(now).catch(() => {})
    place = await queue.enter({ clientPeerId, signal, onPlace })
  } catch {
    return incoming.refuse(toWire(held.stopped.reason ?? leftQueue()))
  }
  const served = { ...held, hasRun: false }
  try {
    await serveJob(init, incoming, served)
  } finally {
    place.release(served.hasRun)
  }
}

async function serveJob(
  init: ServeInit,
  incoming: IncomingJob,
  served: Measured & { hasRun: boolean },
): Promise<void> {
  const { manifest, privateKey, engineInfo, charge, onEvent } = init
  const { id, measure, paid } = served
  const unpaid = new AbortController()
  const stopped = AbortSignal.any([served.stopped, unpaid.signal])
  const { job } = incoming
  const modelCid = manifestCid(manifest)
  if (paid) {
    incoming.handleVouchers((voucher) =>
      paid.take(voucher).catch((error: unknown) => unpaid.abort(error)),
    )
  }
  const nonce = await incoming.quote(
    signQuote(
      {
        version: 1,
        jobId: jobId(job),
        nodePeerId: peerIdFromPrivateKey(privateKey),
        modelCid,
        ...measure,
        firstToken: incoming.answered.length,
        price: charge?.price ?? freePrice,
        payment: charge && paid && termsOf(charge, paid),
        engine: engineInfo,
        expiresAtMs: job.createdAtMs + quoteLifetimeMs,
      },
      privateKey,
    ),
  )
  const { inputTokens } = measure
  paid?.start(inputTokens)
  served.hasRun = true
  onEvent({ type: 'job-start', id, clientPeerId: incoming.clientPeerId, inputTokens })
  let state: 'done' | 'cancelled' | 'failed' = 'failed'
  try {
    const given = await answer(init, incoming, { nonce, inputTokens, id, stopped, paid })
    const { receipt } = given
    if (receipt.outputTokens > 0) init.onAnswer?.({ job, nonce, ...given })
    state = receipt.finishReason === 'cancelled' ? 'cancelled' : 'done'
    await incoming.finish(receipt)
  } catch (error) {
    if (incoming.signal.aborted) {
      state = 'cancelled'
    } else {
      paid?.withdraw()
      await incoming.fail(toWire(error))
    }
  } finally {
    onEvent({ type: 'job-end', id, state })
  }
}

async function answer(
  { engine, manifest, privateKey, engineInfo, charge, onEvent }: ServeInit,
  incoming: IncomingJob,
  {
    nonce,
    inputTokens,
    id,
    stopped,
    paid,
  }: Held & { nonce: Uint8Array; inputTokens: number; paid: PaidJob | null },
): Promise<{ tokens: number[]; receipt: Receipt }> {
  const { job, answered } = incoming
  const signal = AbortSignal.any([incoming.signal, stopped])
  const { messages, sampling, overflow, maxTokens, modelCid } = job
  const hash = jobId(job)
  const chain = new TokenChain({ jobId: hash, nonce })
  chain.push(answered)
  const all = [...answered]
  const seed = deriveSeed({ jobId: hash, nonce, modelCid })
  const price = charge?.price ?? freePrice
  let text = ''
  let prefillMs = 0
  // Neither is a prompt read nor a token sent while too much is unpaid.
  try {
    await paid?.ready({ signal })
  } catch (error) {
    // Nobody has read the prompt, so nobody owes it: also not a client that has gone meanwhile.
    paid?.withdraw()
    throw stopped.aborted ? stopped.reason : error
  }
  const init = { messages, sampling, overflow, maxTokens, seed, answered }
  for await (const part of engine.generate(init, { signal })) {
    if (part.type === 'prefill-end') {
      prefillMs = part.prefillMs
    } else if (part.type === 'delta') {
      const { index, tokens } = part
      await paid?.ready({ signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      // After a cancel nothing more is sent, so nothing more is counted.
      if (signal.aborted) continue
      await incoming.send({ index, tokens, text: part.text })
      chain.push(tokens)
      all.push(...tokens)
      paid?.delivered(chain.length - answered.length)
      text += part.text
      onEvent({ type: 'job-delta', id, tokens: tokens.length })
    } else {
      if (stopped.aborted) throw stopped.reason
      const outputTokens = chain.length - answered.length
      const { finishReason } = part
      const ended = { finishReason, inputTokens, firstToken: answered.length, outputTokens }
      // No client believes it; another node may have the room.
      if (isCutShort(ended, { maxTokens, contextTokens: manifest.contextTokens })) throw noRoom()
      const receipt = signReceipt(
        {
          version: 1,
          jobId: hash,
          modelCid,
          tokenizerHash: tokenizerHash(manifest),
          samplerHash: samplerHash(sampling),
          nodePeerId: peerIdFromPrivateKey(privateKey),
          clientPeerId: incoming.clientPeerId,
          nonce,
          ...ended,
          tokenChain: chain.windows(),
          textHash: sha256(utf8ToBytes(text)),
          engine: engineInfo,
          price,
          costWei: costWei(price, { inputTokens, outputTokens }),
          channelId: (charge && incoming.payment?.funds.channelId) ?? null,
          prefillMs,
          decodeMs: part.decodeMs,
          endedAtMs: Date.now(),
        },
        privateKey,
      )
      return { tokens: all, receipt }
    }
  }
  throw new WeftError('sdk/engine-ended', 'The engine stopped without an end.')
}

/**
 * The node's half of the road: Job -> Quote -> engine -> Delta* -> Receipt.
 * @module
 */
import type { Engine, PromptMeasure } from '@weft/engine'
import type { IncomingJob, Network } from '@weft/network'
import type { PaidJob } from '@weft/payments'
import {
  type AuditRequest,
  checkPrompt,
  type EngineInfo,
  freePrice,
  jobId,
  type Manifest,
  manifestCid,
  type PrivateKey,
  peerIdFromPrivateKey,
  type QueuePlace,
  signQuote,
  type WeftError,
} from '@weft/protocol'
import { answerJob } from './answer-job.ts'
import { type Charge, openPaidJob, termsOf } from './charge.ts'
import { hasFingerprints } from './has-fingerprints.ts'
import { JobQueue, type Place } from './job-queue.ts'
import { busy, leftQueue, noFingerprints, switchedOff, toWire, wrongModel } from './serve-errors.ts'

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

export type GivenClaim = Omit<AuditRequest, 'court'>

export type ServeEvent =
  /** Jobs that have a place, and jobs that wait for one. */
  | { type: 'queue-change'; running: number; waiting: number }
  | { type: 'job-start'; id: string; clientPeerId: string; inputTokens: number }
  | { type: 'job-delta'; id: string; tokens: number }
  | { type: 'job-end'; id: string; state: 'done' | 'cancelled' | 'failed'; costWei: bigint }

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
  if (job.fingerprints && !hasFingerprints(manifest)) return incoming.refuse(noFingerprints)
  const busyBeforeMs = queue.busyMs(clientPeerId)
  if (busyBeforeMs !== null) return incoming.refuse(busy(busyBeforeMs), busyBeforeMs)
  let measure: PromptMeasure
  let paid: PaidJob | null = null
  try {
    checkPrompt(job, { maxBytes: manifest.contextTokens * maxBytesPerToken })
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
  let costWei = 0n
  try {
    const given = await answerJob(init, incoming, { nonce, inputTokens, id, stopped, paid })
    const { receipt } = given
    if (receipt.outputTokens > 0) init.onAnswer?.({ job, nonce, ...given })
    state = receipt.finishReason === 'cancelled' ? 'cancelled' : 'done'
    costWei = receipt.costWei
    await incoming.finish(receipt)
  } catch (error) {
    if (incoming.signal.aborted) {
      state = 'cancelled'
    } else {
      paid?.withdraw()
      await incoming.fail(toWire(error))
    }
  } finally {
    onEvent({ type: 'job-end', id, state, costWei })
  }
}

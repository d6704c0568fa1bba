/**
 * The node's half of the road: Job -> Quote -> engine -> Delta* -> Receipt.
 * @module
 */
import type { Engine, PromptMeasure } from '@weft/engine'
import type { IncomingJob, Network } from '@weft/network'
import {
  checkMessages,
  costWei,
  deriveSeed,
  type EngineInfo,
  jobId,
  limits,
  type Manifest,
  manifestCid,
  type Price,
  type PrivateKey,
  peerIdFromPrivateKey,
  type Receipt,
  samplerHash,
  sha256,
  signQuote,
  signReceipt,
  TokenChain,
  utf8ToBytes,
  WeftError,
  type WireError,
} from '@weft/protocol'
import { tokenizerHash } from './tokenizer-hash.ts'

export type ServeInit = {
  network: Pick<Network, 'handleJobs'>
  engine: Pick<Engine, 'measurePrompt' | 'generate'>
  privateKey: PrivateKey
  manifest: Manifest
  engineInfo: EngineInfo
  price: Price
  /** Jobs at the same time; one more is refused as busy. */
  maxJobs: number
  onEvent: (event: ServeEvent) => void
}

export type ServeEvent =
  | { type: 'job-start'; id: string; clientPeerId: string; inputTokens: number }
  | { type: 'job-delta'; id: string; tokens: number }
  | { type: 'job-end'; id: string; state: 'done' | 'cancelled' | 'failed' }

/**
 * From the job's making to the quote's end, by the client's own clock: the two clocks may differ by
 * minutes. Covers a search over several slow nodes.
 */
const quoteLifetimeMs = 180_000
/** Bytes of prompt that a token stands for at the very most; beyond it nothing is tokenised. */
const maxBytesPerToken = 32

/**
 * @returns a function that takes no more jobs, ends the running ones and tells their clients the
 *   reason; by default that it was switched off
 */
export function serve(init: ServeInit): (reason?: WeftError) => Promise<void> {
  const running = new Map<Promise<void>, string>()
  const stopped = new AbortController()
  let count = 0
  const stopHandling = init.network.handleJobs(async (incoming) => {
    const clients = [...running.values()]
    const own = clients.filter((peerId) => peerId === incoming.clientPeerId).length
    if (clients.length >= init.maxJobs || own >= maxJobsPerClient(init.maxJobs)) {
      return incoming.refuse(busy(clients.length))
    }
    count += 1
    const done = serveJob(init, incoming, { id: String(count), stopped: stopped.signal })
    running.set(done, incoming.clientPeerId)
    try {
      await done
    } finally {
      running.delete(done)
    }
  })
  return async (reason = switchedOff()) => {
    stopHandling()
    stopped.abort(reason)
    await Promise.allSettled(running.keys())
  }
}

/** One client never takes the last place, unless there is only one. */
function maxJobsPerClient(maxJobs: number): number {
  return Math.max(1, Math.floor(maxJobs / 2))
}

async function serveJob(
  init: ServeInit,
  incoming: IncomingJob,
  { id, stopped }: { id: string; stopped: AbortSignal },
): Promise<void> {
  const { engine, manifest, privateKey, engineInfo, price, onEvent } = init
  const { job } = incoming
  const modelCid = manifestCid(manifest)
  if (job.modelCid !== modelCid) return incoming.refuse(wrongModel(job.modelCid))
  let measure: PromptMeasure
  try {
    checkMessages(job.messages, { maxBytes: manifest.contextTokens * maxBytesPerToken })
    measure = await engine.measurePrompt(job)
  } catch (error) {
    return incoming.refuse(toWire(error))
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
        price,
        engine: engineInfo,
        expiresAtMs: job.createdAtMs + quoteLifetimeMs,
      },
      privateKey,
    ),
  )
  const { inputTokens } = measure
  onEvent({ type: 'job-start', id, clientPeerId: incoming.clientPeerId, inputTokens })
  let state: 'done' | 'cancelled' | 'failed' = 'failed'
  try {
    const receipt = await answer(init, incoming, { nonce, inputTokens, id, stopped })
    state = receipt.finishReason === 'cancelled' ? 'cancelled' : 'done'
    await incoming.finish(receipt)
  } catch (error) {
    if (incoming.signal.aborted) state = 'cancelled'
    else await incoming.fail(toWire(error))
  } finally {
    onEvent({ type: 'job-end', id, state })
  }
}

async function answer(
  { engine, manifest, privateKey, engineInfo, price, onEvent }: ServeInit,
  incoming: IncomingJob,
  {
    nonce,
    inputTokens,
    id,
    stopped,
  }: { nonce: Uint8Array; inputTokens: number; id: string; stopped: AbortSignal },
): Promise<Receipt> {
  const { job, answered } = incoming
  const signal = AbortSignal.any([incoming.signal, stopped])
  const { messages, sampling, overflow, maxTokens, modelCid } = job
  const hash = jobId(job)
  const chain = new TokenChain({ jobId: hash, nonce })
  chain.push(answered)
  const seed = deriveSeed({ jobId: hash, nonce, modelCid })
  let text = ''
  let prefillMs = 0
  const init = { messages, sampling, overflow, maxTokens, seed, answered }
  for await (const part of engine.generate(init, { signal })) {
    if (part.type === 'prefill-end') {
      prefillMs = part.prefillMs
    } else if (part.type === 'delta') {
      const { index, tokens } = part
      // After a cancel nothing more is sent, so nothing more is counted.
      if (signal.aborted) continue
      await incoming.send({ index, tokens, text: part.text })
      chain.push(tokens)
      text += part.text
      onEvent({ type: 'job-delta', id, tokens: tokens.length })
    } else {
      if (stopped.aborted) throw stopped.reason
      const outputTokens = chain.length - answered.length
      return signReceipt(
        {
          version: 1,
          jobId: hash,
          modelCid,
          tokenizerHash: tokenizerHash(manifest),
          samplerHash: samplerHash(sampling),
          nodePeerId: peerIdFromPrivateKey(privateKey),
          clientPeerId: incoming.clientPeerId,
          nonce,
          inputTokens,
          firstToken: answered.length,
          outputTokens,
          tokenChain: chain.windows(),
          textHash: sha256(utf8ToBytes(text)),
          finishReason: part.finishReason,
          engine: engineInfo,
          price,
          costWei: costWei(price, { inputTokens, outputTokens }),
          prefillMs,
          decodeMs: part.decodeMs,
          endedAtMs: Date.now(),
        },
        privateKey,
      )
    }
  }
  throw new WeftError('sdk/engine-ended', 'The engine stopped without an end.')
}

function switchedOff(): WeftError {
  return new WeftError('sdk/stopped', 'Its owner switched serving off. What has arrived is yours.')
}

function busy(activeJobs: number): WireError {
  return { code: 'sdk/busy', message: `This tab already runs ${activeJobs} jobs. Ask another one.` }
}

function wrongModel(modelCid: string): WireError {
  return { code: 'sdk/wrong-model', message: `This tab does not serve the model ${modelCid}.` }
}

/** The facts stay here: they are for this node's owner, and the sentence says enough. */
function toWire(error: unknown): WireError {
  const { code, message } = WeftError.from(error, 'sdk/node-failed', 'The node failed.')
  return { code, message: message.slice(0, limits.maxErrorMessageChars) }
}

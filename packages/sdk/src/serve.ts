/**
 * The node's half of the road: Job -> Quote -> engine -> Delta* -> Receipt.
 * @module
 */
import type { Engine } from '@weft/engine'
import type { IncomingJob, Network } from '@weft/network'
import {
  costWei,
  deriveSeed,
  type EngineInfo,
  jobId,
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
  engine: Pick<Engine, 'countPromptTokens' | 'generate'>
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

/** How long a quote may be accepted. */
const quoteLifetimeMs = 60_000

/** @returns a function that stops taking jobs */
export function serve(init: ServeInit): () => void {
  let activeJobs = 0
  let count = 0
  return init.network.handleJobs(async (incoming) => {
    if (activeJobs >= init.maxJobs) return incoming.refuse(busy(activeJobs))
    activeJobs += 1
    count += 1
    try {
      await serveJob(init, incoming, { id: String(count), queueLength: activeJobs - 1 })
    } finally {
      activeJobs -= 1
    }
  })
}

async function serveJob(
  init: ServeInit,
  incoming: IncomingJob,
  { id, queueLength }: { id: string; queueLength: number },
): Promise<void> {
  const { engine, manifest, privateKey, engineInfo, price, onEvent } = init
  const { job } = incoming
  const modelCid = manifestCid(manifest)
  if (job.modelCid !== modelCid) return incoming.refuse(wrongModel(job.modelCid))
  let inputTokens: number
  try {
    inputTokens = await engine.countPromptTokens(job.messages)
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
        inputTokens,
        price,
        engine: engineInfo,
        queueLength,
        expiresAtMs: Date.now() + quoteLifetimeMs,
      },
      privateKey,
    ),
  )
  onEvent({ type: 'job-start', id, clientPeerId: incoming.clientPeerId, inputTokens })
  let state: 'done' | 'cancelled' | 'failed' = 'failed'
  try {
    const receipt = await answer(init, incoming, { nonce, inputTokens, id })
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
  { nonce, inputTokens, id }: { nonce: Uint8Array; inputTokens: number; id: string },
): Promise<Receipt> {
  const { job, signal } = incoming
  const { messages, sampling, maxTokens, modelCid } = job
  const hash = jobId(job)
  const chain = new TokenChain({ jobId: hash, nonce })
  const seed = deriveSeed({ jobId: hash, nonce, modelCid })
  let text = ''
  let prefillMs = 0
  for await (const part of engine.generate({ messages, sampling, maxTokens, seed }, { signal })) {
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
          outputTokens: chain.length,
          tokenChain: chain.windows(),
          textHash: sha256(utf8ToBytes(text)),
          finishReason: part.finishReason,
          engine: engineInfo,
          price,
          costWei: costWei(price, { inputTokens, outputTokens: chain.length }),
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

function busy(activeJobs: number): WireError {
  return { code: 'sdk/busy', message: `This tab already runs ${activeJobs} jobs. Ask another one.` }
}

function wrongModel(modelCid: string): WireError {
  return { code: 'sdk/wrong-model', message: `This tab does not serve the model ${modelCid}.` }
}

function toWire(error: unknown): WireError {
  const { code, message, facts } = WeftError.from(error, 'sdk/node-failed', 'The node failed.')
  return { code, message: [message, ...facts].join(' ').slice(0, 500) }
}

/**
 * What a node does for a job that it has quoted: tokens out of the engine, fingerprints of their states, deltas on
 * their way, and a signature under all of it.
 * @module
 */
import type { IncomingJob } from '@weft/network'
import type { PaidJob } from '@weft/payments'
import {
  costWei,
  deriveSeed,
  freePrice,
  isCutShort,
  jobId,
  peerIdFromPrivateKey,
  samplerHash,
  sha256,
  signReceipt,
  TokenChain,
  utf8ToBytes,
  WeftError,
  windowsFilled,
} from '@weft/protocol'
import { makeFingerprint } from '@weft/verification'
import type { GivenClaim, ServeInit } from './serve.ts'
import { noRoom, noStates } from './serve-errors.ts'
import { tokenizerHash } from './tokenizer-hash.ts'

type AnswerJobInit = {
  id: string
  stopped: AbortSignal
  nonce: Uint8Array
  /** Of the prompt. */
  inputTokens: number
  paid: PaidJob | null
}

/**
 * From the nonce to the receipt.
 * @throws what the engine or the bill throws, or why serving stopped
 */
export async function answerJob(
  { engine, manifest, privateKey, engineInfo, charge, onEvent }: ServeInit,
  incoming: IncomingJob,
  { nonce, inputTokens, id, stopped, paid }: AnswerJobInit,
): Promise<Omit<GivenClaim, 'job' | 'nonce'>> {
  const { job, answered } = incoming
  const signal = AbortSignal.any([incoming.signal, stopped])
  const { messages, tools, sampling, overflow, maxTokens, modelCid, fingerprints } = job
  const hash = jobId(job)
  const chain = new TokenChain({ jobId: hash, nonce })
  chain.push(answered)
  const all = [...answered]
  const made: Uint8Array[] = []
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
  const asked = { messages, tools, sampling, overflow, maxTokens, seed, answered }
  const init = { ...asked, hiddenStates: fingerprints }
  for await (const part of engine.generate(init, { signal })) {
    if (part.type === 'prefill-end') {
      prefillMs = part.prefillMs
    } else if (part.type === 'delta') {
      const { index, tokens, hiddenStates } = part
      const isOwed = fingerprints && windowsFilled(index, index + tokens.length) > 0
      if (isOwed && !hiddenStates) throw noStates()
      const fingerprint = hiddenStates && makeFingerprint(hiddenStates)
      await paid?.ready({ signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      // After a cancel nothing more is sent, so nothing more is counted.
      if (signal.aborted) continue
      await incoming.send({ index, tokens, text: part.text, ...(fingerprint && { fingerprint }) })
      chain.push(tokens, fingerprint && [fingerprint])
      all.push(...tokens)
      if (fingerprint) made.push(fingerprint)
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
      return { tokens: all, fingerprints: made, receipt }
    }
  }
  throw new WeftError('sdk/engine-ended', 'The engine stopped without an end.')
}

/**
 * Honest values for tests: one job from request to receipt.
 * @module
 */

import { sha256, utf8ToBytes } from '../bytes.ts'
import { type Delta, TokenChain } from '../delta.ts'
import { fingerprintBytes } from '../fingerprint.ts'
import { createJob, type Job, jobId } from '../job.ts'
import type { ChatManifest, EmbeddingManifest } from '../manifest.ts'
import { costWei, freePrice } from '../price.ts'
import type { ProveRequest, ProveResponse } from '../prove-messages.ts'
import { signQuote } from '../quote.ts'
import { signReceipt, type Transcript } from '../receipt.ts'
import { signRegistration } from '../registration.ts'
import { samplerHash } from '../sampler.ts'
import { defaultSampling } from '../sampling.ts'
import { createPrivateKey, peerIdFromPrivateKey } from '../signature.ts'

export const sampleModelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const sampleEngine = {
  runtime: 'onnxruntime-web 1.30.0',
  backend: 'wasm',
  device: '2 threads',
} as const

const sampleChannel = `0x${'5a'.repeat(32)}` as const
const sampleContract = { chainId: 31_337, contract: `0x${'c0'.repeat(20)}` } as const

/** Of states that are all zero but one: a modulus, and a line through one point. */
const sampleFingerprint = new Uint8Array(fingerprintBytes)
sampleFingerprint.set([0xd9, 0xff, 0x80, 0x3f])

/** A conversation in which a function was called. */
export const callingSample: Pick<Job, 'messages' | 'tools'> = {
  messages: [
    { role: 'user', content: 'How is the weather in Paris?' },
    {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' }],
    },
    { role: 'tool', content: 'sunny', toolCallId: 'call_1' },
  ],
  tools: [
    {
      name: 'weather',
      description: 'Tells the weather of a city.',
      parameters: '{"type":"object","properties":{"city":{"type":"string"}}}',
    },
  ],
}

/** A whole honest job with fresh keys. */
export function sampleRoad() {
  const nodeKey = createPrivateKey()
  const clientKey = createPrivateKey()
  const { job, nonce } = createJob({
    modelCid: sampleModelCid,
    messages: [{ role: 'user', content: 'Tell me a story.' }],
    sampling: defaultSampling,
    overflow: 'error',
    maxTokens: 64,
    fingerprints: true,
    clientPeerId: peerIdFromPrivateKey(clientKey),
    maxPrice: { inputWeiPerMillion: 10n ** 18n, outputWeiPerMillion: 10n ** 19n },
    createdAtMs: 1_800_000_000_000,
  })
  const quote = signQuote(
    {
      version: 1,
      jobId: jobId(job),
      nodePeerId: peerIdFromPrivateKey(nodeKey),
      modelCid: sampleModelCid,
      inputTokens: 12,
      droppedMessages: 0,
      firstToken: 0,
      price: { inputWeiPerMillion: 3n, outputWeiPerMillion: 10n ** 18n },
      payment: { ...sampleContract, maxUnpaidWei: 64n * 10n ** 12n },
      engine: sampleEngine,
      expiresAtMs: 1_800_000_060_000,
    },
    nodeKey,
  )
  const deltas: Delta[] = Array.from({ length: 40 }, (_, index) => ({
    index,
    tokens: [index * 7],
    text: ` word${index}`,
    ...(index === 31 && { fingerprint: sampleFingerprint }),
  }))
  const tokenizerHash = sha256(utf8ToBytes('tokenizer'))
  const transcript: Transcript = {
    job,
    nonce,
    quote,
    answered: [],
    deltas,
    cancelled: false,
    tokenizerHash,
    contextTokens: 512,
    channelId: sampleChannel,
    arrivedAtMs: 1_800_000_001_200,
  }
  const receipt = signReceipt(unsignedReceipt(transcript), nodeKey)
  return { nodeKey, clientKey, job, nonce, quote, deltas, transcript, receipt }
}

function unsignedReceipt(transcript: Transcript) {
  const { job, nonce, quote, answered, deltas, tokenizerHash, channelId } = transcript
  const chain = new TokenChain({ jobId: jobId(job), nonce })
  chain.push(answered)
  for (const { tokens, fingerprint } of deltas) chain.push(tokens, fingerprint && [fingerprint])
  const outputTokens = chain.length - answered.length
  const { inputTokens, price, engine, nodePeerId } = quote
  return {
    version: 1 as const,
    jobId: jobId(job),
    modelCid: job.modelCid,
    tokenizerHash,
    samplerHash: samplerHash(job.sampling),
    nodePeerId,
    clientPeerId: job.clientPeerId,
    nonce,
    inputTokens,
    firstToken: answered.length,
    outputTokens,
    tokenChain: chain.windows(),
    textHash: sha256(utf8ToBytes(deltas.map(({ text }) => text).join(''))),
    finishReason: 'stop' as const,
    engine,
    price,
    costWei: costWei(price, { inputTokens, outputTokens }),
    channelId,
    prefillMs: 12.5,
    decodeMs: 400,
    endedAtMs: 1_800_000_001_000,
  }
}

/** A registration that is valid for the key. */
export function sampleRegistration(privateKey = createPrivateKey(), sequence = 1) {
  return signRegistration(
    {
      version: 1,
      peerId: peerIdFromPrivateKey(privateKey),
      sequence,
      models: [
        { modelCid: sampleModelCid, price: freePrice, engine: sampleEngine, tokensPerSecond: 41.5 },
      ],
      stores: [sampleModelCid],
      layers: [{ modelCid: sampleModelCid, part: 1 }],
      verifies: [sampleModelCid],
      proves: [sampleModelCid],
      region: 'eu',
      maxJobs: 4,
      addresses: ['/ip4/127.0.0.1/tcp/4001/ws'],
    },
    privateKey,
  )
}

export const sampleProof: { request: ProveRequest; response: ProveResponse } = {
  request: {
    type: 'prove',
    modelCid: sampleModelCid,
    features: [-128, 0, 127],
    domain: 0n,
    request: 2n ** 250n,
  },
  response: {
    type: 'proved',
    proved: {
      proof: { a: { x: 1n, y: 2n ** 253n }, b: { x: [1n, 2n], y: [3n, 4n] }, c: { x: 5n, y: 6n } },
      publicSignals: [0n, 1n, 2n ** 253n],
    },
  },
}

const sampleHash = 'ab'.repeat(32)
const samplePaths = ['config.json', 'tokenizer.json', 'onnx/model_quantized.onnx']

/** Of a model that answers. */
export const sampleManifest: ChatManifest = {
  version: 1,
  task: 'chat',
  id: 'weft/sample',
  name: 'Sample',
  description: '',
  licence: 'Apache-2.0',
  parameters: 10,
  dtype: 'q8',
  contextTokens: 512,
  memoryBytes: 100,
  graph: 'onnx/model_quantized.onnx',
  files: samplePaths.map((path) => ({
    path,
    sizeBytes: 10,
    sha256: sampleHash,
    chunks: [sampleHash],
  })),
  knownAnswer: {
    promptTokens: Array(40).fill(1),
    tokens: Array(16).fill(2),
    topLogits: Array.from({ length: 8 }, (_, token) => ({ token, value: 1.5 - token })),
    toleranceAbs: 0.01,
  },
}

/** Of a model of vectors. */
export const sampleEmbeddingManifest: EmbeddingManifest = {
  ...sampleManifest,
  task: 'embedding',
  knownAnswer: {
    text: 'A fox carried a lantern.',
    components: Array.from({ length: 8 }, (_, index) => 0.5 - index / 8),
    toleranceAbs: 0.001,
  },
}

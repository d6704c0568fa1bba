/**
 * Receipt: a node's signed statement of what it computed for a job. Checked by the client against
 * what it saw arrive; anyone can check it again later from the transcript. The signature is EIP-712, so that
 * a contract can hold the node to it: see `contracts/Statements.sol` and decision 41.
 * @module
 */
import { z } from 'zod'
import { addressFromPeerId, bytes32Schema, type Hex, modelKey } from './address.ts'
import { bytesEqual, sha256, utf8ToBytes } from './bytes.ts'
import { hashValue } from './codec.ts'
import { type Delta, TokenChain } from './delta.ts'
import { WeftError } from './errors.ts'
import { windowsFilled } from './fingerprint.ts'
import { type Job, jobId, type Price, priceSchema } from './job.ts'
import { limits, tokensPerWindow } from './limits.ts'
import { costWei } from './price.ts'
import { type EngineInfo, engineInfoSchema, type Quote } from './quote.ts'
import { samplerHash } from './sampler.ts'
import { checkHash, type PrivateKey, signatureSchema, signHash } from './signature.ts'
import { hashStruct, hashText, hashTyped } from './typed-data.ts'
import { bytesSchema, cidSchema, peerIdSchema, timestampMsSchema } from './values.ts'
import { amountSchema } from './voucher.ts'

export const finishReasonSchema = z.enum(['stop', 'length', 'cancelled'])
/** `stop`: the model ended; `length`: the token limit was reached; `cancelled`: the client stopped. */
export type FinishReason = z.infer<typeof finishReasonSchema>

const durationMsSchema = z.number().min(0).max(86_400_000)

const unsignedReceiptSchema = z.strictObject({
  version: z.literal(1),
  jobId: bytesSchema(32),
  modelCid: cidSchema,
  /** SHA-256 of tokenizer.json. */
  tokenizerHash: bytesSchema(32),
  samplerHash: bytesSchema(32),
  nodePeerId: peerIdSchema,
  clientPeerId: peerIdSchema,
  nonce: bytesSchema(32),
  inputTokens: z.int().min(1).max(1_000_000),
  /** Position in the answer where this node went on. */
  firstToken: z.int().min(0).max(limits.maxOutputTokens),
  /** That this node made. */
  outputTokens: z.int().min(0).max(limits.maxOutputTokens),
  /** One hash per window of 32 tokens, see TokenChain; over the whole answer, from token 0. */
  tokenChain: z.array(bytesSchema(32)).max(Math.ceil(limits.maxOutputTokens / tokensPerWindow)),
  /** SHA-256, in UTF-8, of the text that this node sent. */
  textHash: bytesSchema(32),
  finishReason: finishReasonSchema,
  engine: engineInfoSchema,
  price: priceSchema,
  costWei: amountSchema,
  /** Whose money pays it, as the client said; null for a free answer. */
  channelId: bytes32Schema.nullable(),
  prefillMs: durationMsSchema,
  decodeMs: durationMsSchema,
  endedAtMs: timestampMsSchema,
})
export const receiptSchema = unsignedReceiptSchema.extend({ signature: signatureSchema })
export type UnsignedReceipt = z.output<typeof unsignedReceiptSchema>
export type Receipt = z.output<typeof receiptSchema>

const domain = 'weft/receipt/1'
/** Names no chain: a node signs one thing, wherever it has stake. */
const typedDomain = hashStruct('EIP712Domain(string name,string version)', [
  hashText('Weft Receipt'),
  hashText('1'),
])
const receiptType =
  'Receipt(bytes32 content,bytes32 channelId,address payer,bytes32 model,uint96 costWei,uint64 endedAt)'

export function signReceipt(receipt: UnsignedReceipt, privateKey: PrivateKey): Receipt {
  return { ...receipt, signature: signHash(receiptHash(receipt), privateKey) }
}

/** @returns what the node's key signs, 32 bytes */
export function receiptHash(receipt: UnsignedReceipt | Receipt): Uint8Array {
  return hashTyped(typedDomain, receiptId(receipt))
}

/** What a contract reads of a receipt; the rest of it is `content`, a hash. */
export type ReceiptOnChain = {
  content: Uint8Array
  /** Zeros where nothing is paid, as of the payer. */
  channelId: Hex
  payer: Hex
  model: Hex
  costWei: bigint
  /** Seconds since 1970. */
  endedAt: bigint
}

/** @throws MalformedError for a client's PeerId that is no secp256k1 key */
export function receiptOnChain(receipt: UnsignedReceipt | Receipt): ReceiptOnChain {
  const { signature: _, ...unsigned } = { signature: null, ...receipt }
  const { channelId, clientPeerId, modelCid, costWei, endedAtMs } = unsigned
  return {
    content: hashValue(domain, unsignedReceiptSchema, unsigned),
    channelId: channelId ?? zeros(32),
    payer: channelId ? addressFromPeerId(clientPeerId) : zeros(20),
    model: modelKey(modelCid),
    costWei,
    endedAt: BigInt(Math.floor(endedAtMs / 1000)),
  }
}

/** @returns what verdicts call the receipt: 32 bytes, `hashStruct` of what a contract reads of it */
export function receiptId(receipt: UnsignedReceipt | Receipt): Uint8Array {
  const { content, channelId, payer, model, costWei, endedAt } = receiptOnChain(receipt)
  return hashStruct(receiptType, [content, channelId, payer, model, costWei, endedAt])
}

function zeros(length: number): Hex {
  return `0x${'00'.repeat(length)}`
}

/**
 * Whether an answer says that there was no room for more while there was: neither had it as many tokens as were
 * asked for, nor were prompt and answer as long as the model can read.
 * @param contextTokens by the model's manifest
 */
export function isCutShort(
  {
    finishReason,
    inputTokens,
    firstToken,
    outputTokens,
  }: Pick<Receipt, 'finishReason' | 'inputTokens' | 'firstToken' | 'outputTokens'>,
  { maxTokens, contextTokens }: { maxTokens: number; contextTokens: number },
): boolean {
  const room = Math.min(maxTokens, contextTokens - inputTokens)
  return finishReason === 'length' && firstToken + outputTokens < room
}

/** What the client saw of a job: enough to check its receipt. */
export type Transcript = {
  job: Job
  nonce: Uint8Array
  quote: Quote
  /** Tokens of the answer that other nodes had made before. */
  answered: readonly number[]
  /** What came from this node. */
  deltas: readonly Pick<Delta, 'tokens' | 'text' | 'fingerprint'>[]
  /** Whether the client asked the node to stop. */
  cancelled: boolean
  /** SHA-256 of tokenizer.json by the model's manifest. */
  tokenizerHash: Uint8Array
  /** Of prompt and answer together, by the same. */
  contextTokens: number
  /** Whose money pays; null for a free answer. */
  channelId: Hex | null
  /** When the receipt came, by the client's clock. */
  arrivedAtMs: number
}

/** What is left of a job when it is over: enough to compute its answer again. */
export type Claim = {
  job: Job
  nonce: Uint8Array
  /** Of the whole answer, from token 0 to the last one that the receipt is about. */
  tokens: readonly number[]
  /** Of the windows that its node filled, where the job asks for them; else none. */
  fingerprints: readonly Uint8Array[]
}

/**
 * Checks that a receipt is signed by its node and about this job and these tokens, for who was not there.
 * @throws SignatureError, or WeftError `protocol/receipt` that names the field
 */
export function checkClaim(receipt: Receipt, claim: Claim): void {
  checkNode(receipt, receipt.nodePeerId)
  const { nonceHash } = claim.job
  throwIfWrong([['nonce', bytesEqual(sha256(claim.nonce), nonceHash)], ...claimed(receipt, claim)])
}

function checkNode(receipt: Receipt, peerId: string): void {
  checkHash(domain, receiptHash(receipt), { signature: receipt.signature, peerId })
}

type FieldCheck = [field: string, matches: boolean]

function claimed(receipt: Receipt, { job, nonce, tokens, fingerprints }: Claim): FieldCheck[] {
  const id = jobId(job)
  const chain = new TokenChain({ jobId: id, nonce })
  const { firstToken, outputTokens, inputTokens, price } = receipt
  chain.push(tokens.slice(0, firstToken))
  chain.push(tokens.slice(firstToken), fingerprints)
  const windows = job.fingerprints ? windowsFilled(firstToken, tokens.length) : 0
  const fits = firstToken + outputTokens === chain.length && chain.length <= job.maxTokens
  return [
    ['jobId', bytesEqual(receipt.jobId, id)],
    ['modelCid', receipt.modelCid === job.modelCid],
    ['clientPeerId', receipt.clientPeerId === job.clientPeerId],
    ['nonce', bytesEqual(receipt.nonce, nonce)],
    ['samplerHash', bytesEqual(receipt.samplerHash, samplerHash(job.sampling))],
    ['outputTokens', fits],
    ['fingerprints', fingerprints.length === windows],
    ['tokenChain', sameWindows(receipt.tokenChain, chain.windows())],
    ['costWei', receipt.costWei === costWei(price, { inputTokens, outputTokens })],
  ]
}

function throwIfWrong(checks: readonly FieldCheck[]): void {
  const wrong = checks.filter(([, matches]) => !matches).map(([field]) => field)
  if (wrong.length > 0) {
    throw new WeftError('protocol/receipt', 'The receipt does not match what arrived.', {
      facts: wrong.map((field) => `Differs: ${field}`),
    })
  }
}

/**
 * Checks the signature, and every field that the client can know, against what was agreed and what
 * arrived. The node's own word remain: that the model ended by itself (`stop`), how long its prompt is, and
 * the times.
 * @throws SignatureError, or WeftError `protocol/receipt` that names the field
 */
export function checkReceipt(receipt: Receipt, transcript: Transcript): void {
  const { job, nonce, quote, answered, deltas, cancelled, tokenizerHash, channelId } = transcript
  const room = { maxTokens: job.maxTokens, contextTokens: transcript.contextTokens }
  checkNode(receipt, quote.nodePeerId)
  const tokens = [...answered, ...deltas.flatMap((delta) => delta.tokens)]
  const text = deltas.map((delta) => delta.text).join('')
  const fingerprints = deltas.flatMap(({ fingerprint }) => fingerprint ?? [])
  throwIfWrong([
    ...claimed(receipt, { job, nonce, tokens, fingerprints }),
    ['nodePeerId', receipt.nodePeerId === quote.nodePeerId],
    ['tokenizerHash', bytesEqual(receipt.tokenizerHash, tokenizerHash)],
    ['firstToken', receipt.firstToken === answered.length],
    ['inputTokens', receipt.inputTokens === quote.inputTokens],
    ['textHash', bytesEqual(receipt.textHash, sha256(utf8ToBytes(text)))],
    [
      'finishReason',
      (receipt.finishReason !== 'cancelled' || cancelled) && !isCutShort(receipt, room),
    ],
    ['engine', sameEngine(receipt.engine, quote.engine)],
    ['price', samePrice(receipt.price, quote.price)],
    ['channelId', receipt.channelId === channelId],
    ['endedAtMs', Math.abs(receipt.endedAtMs - transcript.arrivedAtMs) <= limits.maxClockSkewMs],
  ])
}

function sameWindows(a: Uint8Array[], b: Uint8Array[]): boolean {
  return a.length === b.length && a.every((hash, index) => bytesEqual(hash, b[index] ?? hash))
}

function sameEngine(a: EngineInfo, b: EngineInfo): boolean {
  return a.runtime === b.runtime && a.backend === b.backend && a.device === b.device
}

function samePrice(a: Price, b: Price): boolean {
  return (
    a.inputWeiPerMillion === b.inputWeiPerMillion && a.outputWeiPerMillion === b.outputWeiPerMillion
  )
}

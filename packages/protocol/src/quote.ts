/**
 * Quote: a node's signed commitment to a job, before it knows the seed.
 * @module
 */
import { z } from 'zod'
import { bytesEqual } from './bytes.ts'
import { WeftError } from './errors.ts'
import { type Job, jobId, priceSchema } from './job.ts'
import { limits } from './limits.ts'
import { isFree } from './price.ts'
import { mostPromptTokens } from './prompt-tokens.ts'
import { checkSignature, type PrivateKey, signatureSchema, signValue } from './signature.ts'
import { bytesSchema, cidSchema, peerIdSchema, timestampMsSchema } from './values.ts'
import { paymentTermsSchema } from './voucher.ts'

/** Where and with what a model runs. */
export const engineInfoSchema = z.strictObject({
  /** e.g. `onnxruntime-web 1.30.0`. */
  runtime: z.string().max(100),
  backend: z.enum(['webgpu', 'wasm', 'node-cpu']),
  /** The adapter's name, or the number of threads, in words. */
  device: z.string().max(200),
})
export type EngineInfo = z.infer<typeof engineInfoSchema>

const unsignedQuoteSchema = z.strictObject({
  version: z.literal(1),
  jobId: bytesSchema(32),
  nodePeerId: peerIdSchema,
  modelCid: cidSchema,
  /** Of the prompt. */
  inputTokens: z.int().min(1).max(1_000_000),
  /** Oldest messages that did not fit and are left out, as `Job.overflow` allows. */
  droppedMessages: z.int().min(0).max(limits.maxMessages),
  /** Position in the answer where this node goes on; 0 unless another had begun. */
  firstToken: z.int().min(0).max(limits.maxOutputTokens),
  price: priceSchema,
  /** Null where the price is 0, and only there. */
  payment: paymentTermsSchema.nullable(),
  engine: engineInfoSchema,
  /** By the client's clock: the node adds to the job's `createdAtMs`. */
  expiresAtMs: timestampMsSchema,
})
export const quoteSchema = unsignedQuoteSchema.extend({ signature: signatureSchema })
export type UnsignedQuote = z.output<typeof unsignedQuoteSchema>
export type Quote = z.output<typeof quoteSchema>

const domain = 'weft/quote/1'

export function signQuote(quote: UnsignedQuote, privateKey: PrivateKey): Quote {
  return { ...quote, signature: signValue(domain, unsignedQuoteSchema, quote, privateKey) }
}

export type QuoteContext = {
  job: Job
  /** Tokens of the answer that exist already. */
  firstToken: number
  nodePeerId: string
  /** Of the model, by its manifest. */
  contextTokens: number
  nowMs: number
}

/**
 * @throws SignatureError when the quote is not by the peer that was asked
 * @throws WeftError `protocol/quote` when it is for another job, too dear, or expired
 */
export function checkQuote(
  quote: Quote,
  { job, firstToken, nodePeerId, contextTokens, nowMs }: QuoteContext,
): void {
  const { signature, ...unsigned } = quote
  checkSignature(domain, unsignedQuoteSchema, unsigned, { signature, peerId: nodePeerId })
  const { price } = quote
  const { maxPrice } = job
  const wrong = !bytesEqual(quote.jobId, jobId(job))
    ? 'it is for another job'
    : quote.nodePeerId !== nodePeerId
      ? 'it names another node'
      : quote.modelCid !== job.modelCid
        ? 'it is for another model'
        : quote.firstToken !== firstToken
          ? 'it goes on at another token'
          : quote.droppedMessages > (job.overflow === 'slide' ? job.messages.length - 1 : 0)
            ? 'it leaves out what it must not'
            : price.inputWeiPerMillion > maxPrice.inputWeiPerMillion ||
                price.outputWeiPerMillion > maxPrice.outputWeiPerMillion
              ? 'the price is above what the job allows'
              : quote.inputTokens > Math.min(contextTokens, mostPromptTokens(job))
                ? 'it counts more tokens than the prompt can have'
                : isFree(price) !== (quote.payment === null)
                  ? 'its price and how it is paid do not agree'
                  : quote.expiresAtMs <= nowMs
                    ? 'it has expired'
                    : undefined
  if (wrong) throw new WeftError('protocol/quote', `The quote was refused: ${wrong}.`)
}

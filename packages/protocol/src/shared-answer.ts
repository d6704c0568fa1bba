/**
 * An answer with its receipt, for who was not there: small enough for the fragment of a link, whole enough to be
 * checked again without asking anybody, and to be computed again by who has the model.
 * @module
 */
import { base64url } from 'multiformats/bases/base64'
import { z } from 'zod'
import { bytesEqual, sha256, utf8ToBytes } from './bytes.ts'
import { decode, encode } from './codec.ts'
import { MalformedError, TooLargeError, WeftError } from './errors.ts'
import { fingerprintsSchema } from './fingerprint.ts'
import { jobSchema } from './job.ts'
import { limits } from './limits.ts'
import { checkClaim, receiptSchema } from './receipt.ts'
import { bytesSchema, peerIdSchema } from './values.ts'

const subject = 'shared answer'
/** Once unpacked: a long prompt and a long answer. */
const maxBytes = 1024 * 1024
const maxTextChars = 512 * 1024

export const sharedAnswerSchema = z.strictObject({
  version: z.literal(1),
  job: jobSchema,
  nonce: bytesSchema(32),
  tokens: z.array(z.int().min(0).max(0xffff_ffff)).max(limits.maxOutputTokens),
  text: z.string().max(maxTextChars),
  /** Of the windows that its last node filled, where the job asks for them. */
  fingerprints: fingerprintsSchema,
  /** Which tab made which tokens, each to the start of the next. Only the last one has signed; the others are hearsay. */
  segments: z
    .array(
      z.strictObject({
        peerId: peerIdSchema,
        startToken: z.int().min(0).max(limits.maxOutputTokens),
        /** In UTF-16 units: where its text begins. */
        startChar: z.int().min(0).max(maxTextChars),
      }),
    )
    .min(1)
    .max(64),
  receipt: receiptSchema,
})
export type SharedAnswer = z.output<typeof sharedAnswerSchema>

/**
 * Checks all that can be checked without the model: that the key of the tab that the receipt names has signed for
 * this job, these tokens and this text. Not that a model computed them, nor who holds that key.
 * @throws SignatureError, or WeftError `protocol/receipt` that names the field
 */
export function checkSharedAnswer({
  job,
  nonce,
  tokens,
  text,
  fingerprints,
  segments,
  receipt,
}: SharedAnswer): void {
  checkClaim(receipt, { job, nonce, tokens, fingerprints })
  const last = segments.at(-1)
  const isTheirs = last?.peerId === receipt.nodePeerId && last.startToken === receipt.firstToken
  const startChar = last?.startChar ?? 0
  const isSigned = bytesEqual(sha256(utf8ToBytes(text.slice(startChar))), receipt.textHash)
  if (!isSigned || !isTheirs || (startChar > 0 && receipt.firstToken === 0)) throw otherText()
}

/** @returns text of the letters that a link may have, without `#` */
export async function packAnswer(answer: SharedAnswer): Promise<string> {
  const bytes = encode(subject, sharedAnswerSchema, answer, maxBytes)
  const packed = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream('deflate'))
  return base64url.encode(new Uint8Array(await new Response(packed).arrayBuffer()))
}

/** @throws MalformedError, TooLargeError for what `packAnswer` has not made */
export async function unpackAnswer(text: string): Promise<SharedAnswer> {
  let packed: Uint8Array
  try {
    packed = base64url.decode(text)
  } catch (cause) {
    const hasItsLetters = /^[\w-]*$/.test(text)
    const fact = hasItsLetters
      ? 'It is cut off, or was altered.'
      : 'It has letters that no such link has.'
    throw new MalformedError({ subject, facts: [fact], cause })
  }
  return decode(subject, sharedAnswerSchema, await inflate(packed), maxBytes)
}

/** Never more than is allowed, whatever it would become. */
async function inflate(packed: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([packed.slice()]).stream()
  const reader = stream.pipeThrough(new DecompressionStream('deflate')).getReader()
  const parts: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      length += value.length
      if (length > maxBytes) {
        throw new TooLargeError({ subject, limit: maxBytes, actual: length, unit: 'bytes' })
      }
      parts.push(value)
    }
  } catch (cause) {
    if (cause instanceof TooLargeError) throw cause
    throw new MalformedError({ subject, facts: ['A part of it is missing or changed.'], cause })
  } finally {
    void reader.cancel().catch(() => {})
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

function otherText(): WeftError {
  return new WeftError('protocol/receipt', 'The receipt is about another text.', {
    facts: ['Differs: textHash'],
  })
}

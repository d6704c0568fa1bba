/**
 * How the next token is chosen. The rule itself (Gumbel-max over Philox noise) is the engine's; this
 * is its description, which is hashed into every receipt.
 * @module
 */
import { z } from 'zod'
import { sha256 } from './bytes.ts'
import { hashValue } from './codec.ts'

export const samplingSchema = z.strictObject({
  /** 0 is greedy (argmax, ties to the lowest id). */
  temperature: z.number().min(0).max(2),
  /** Keep the k largest logits; 0 keeps all. */
  topK: z.int().min(0).max(1024),
  /** Keep the smallest set of tokens whose probability reaches this; 1 keeps all. */
  topP: z.number().gt(0).max(1),
})
export type Sampling = z.infer<typeof samplingSchema>

export const defaultSampling: Sampling = { temperature: 0.7, topK: 40, topP: 0.95 }

/** Names the sampling algorithm: any change of a single chosen token needs a new name. */
export const samplerAlgorithm = 'gumbel-philox4x32-10/1'

const hashedSamplingSchema = z.strictObject({ algorithm: z.string(), sampling: samplingSchema })

/** @returns 32 bytes that bind the algorithm and its settings */
export function samplerHash(sampling: Sampling): Uint8Array {
  return hashValue('weft/sampler/1', hashedSamplingSchema, {
    algorithm: samplerAlgorithm,
    sampling,
  })
}

/**
 * The seed of a job's noise. A node cannot choose it: it commits to the job by its quote before the
 * nonce is revealed, and the job fixed the nonce by its hash. A client can try nonces beforehand, which
 * changes only what it gets itself.
 * @returns SHA-256(jobId || nonce || modelCid), 32 bytes
 */
export function deriveSeed({
  jobId,
  nonce,
  modelCid,
}: {
  jobId: Uint8Array
  nonce: Uint8Array
  modelCid: string
}): Uint8Array {
  return sha256(jobId, nonce, new TextEncoder().encode(modelCid))
}

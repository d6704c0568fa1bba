/**
 * What a receipt says of how tokens were chosen, and the seed of the noise.
 * @module
 */
import { z } from 'zod'
import { sha256 } from './bytes.ts'
import { hashValue } from './codec.ts'
import { type Sampling, samplingSchema } from './sampling.ts'

/** Names the sampling algorithm: any change of a single chosen token needs a new name. */
export const samplerAlgorithm = 'gumbel-philox4x32-10/2'

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

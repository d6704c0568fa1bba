/**
 * What a fingerprint of hidden states looks like (TOPLOC, arXiv 2501.16007); what it says is for `verification`.
 * @module
 */
import { z } from 'zod'
import { limits, tokensPerWindow } from './limits.ts'
import { boundedBytesSchema } from './values.ts'

/** Of one window of 32 tokens: a modulus and the 128 coefficients of a polynomial, each u16 little-endian. */
export const fingerprintBytes = 258
/** The field's, the largest prime below every 16-bit pattern that is no finite bfloat16. */
export const fingerprintPrime = 65_497
const leastModulus = 2 ** 15

export const fingerprintSchema = boundedBytesSchema(fingerprintBytes).refine(isFingerprint, {
  error: 'expected a modulus and 128 coefficients',
})
/** One for each window that its node has filled. */
export const fingerprintsSchema = z
  .array(fingerprintSchema)
  .max(limits.maxOutputTokens / tokensPerWindow)

function isFingerprint(bytes: Uint8Array): boolean {
  if (bytes.length !== fingerprintBytes) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const modulus = view.getUint16(0, true)
  if (modulus <= leastModulus || modulus > fingerprintPrime) return false
  for (let at = 2; at < fingerprintBytes; at += 2) {
    if (view.getUint16(at, true) >= fingerprintPrime) return false
  }
  return true
}

/** Windows of 32 tokens of an answer that are full with token `to` and were not with token `from`. */
export function windowsFilled(from: number, to: number): number {
  return Math.floor(to / tokensPerWindow) - Math.floor(from / tokensPerWindow)
}

/** How much of a fingerprint somebody else has found in their own states of the same tokens. */
export const likenessSchema = z.strictObject({
  /** Values looked for: 128, or all there are. */
  values: z.int().min(1).max(128),
  /** Of them, with the same sign and exponent. */
  alike: z.int().min(0).max(128),
  /** Mean difference of the mantissas of those, in units of 1/128; 128 when none is alike. */
  meanMantissa: z.number().min(0).max(128),
})
export type LikenessOnWire = z.output<typeof likenessSchema>

/**
 * Thresholds: how far honest devices are from each other with one model. Measured by
 * `npm run calibrate`, part of the model's manifest, so that every verifier of it judges alike.
 * @module
 */
import { z } from 'zod'

const windowLimitSchema = z.strictObject({
  /** Length of the window. */
  tokens: z.int().min(8).max(4096),
  /** Mean clipped margin over the window, in logits: from here on a second look is wanted. */
  suspicious: z.number().gt(0),
  /** The same: from here on the answer is not this model's. */
  failed: z.number().gt(0),
})
/** Of any `tokens` in a row; a shorter answer counts as filled up with margins of 0. */
export type WindowLimit = z.infer<typeof windowLimitSchema>

const fingerprintLimitsSchema = z.strictObject({
  /** Share of its values whose sign and exponent agree, at least. */
  leastAlike: z.number().min(0).max(1),
  /** Mean difference of their mantissas at most, in units of 1/128. */
  mostMantissa: z.number().gt(0).max(128),
})
export type FingerprintLimits = z.infer<typeof fingerprintLimitsSchema>

export const thresholdsSchema = z.strictObject({
  /** In logits: no single margin counts for more, Infinity included. */
  marginClip: z.number().gt(0),
  /** Ascending by tokens. */
  windows: z
    .array(windowLimitSchema)
    .min(1)
    .max(8)
    .refine(
      (limits) =>
        limits.every(({ tokens, suspicious, failed }, index) => {
          const isLonger = index === 0 || tokens > (limits[index - 1]?.tokens ?? 0)
          return isLonger && suspicious <= failed
        }),
      { error: 'expected ascending windows that are suspicious before they fail' },
    ),
  /** Of each fingerprint; null where the graph shows no hidden states. */
  fingerprint: fingerprintLimitsSchema.nullable(),
})
export type Thresholds = z.infer<typeof thresholdsSchema>

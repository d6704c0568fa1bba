/**
 * `gumbel-philox4x32-10/1`: the one rule that chooses the next token, equal to the bit in every
 * JavaScript engine for equal logits.
 * @module
 */
import { type Sampling, WeftError } from '@weft/protocol'
import { candidates } from './candidates.ts'
import { gumbelNoise, type NoiseKey } from './gumbel-noise.ts'

export type SampleInit = {
  sampling: Sampling
  key: NoiseKey
  /** Of the token in the answer, from 0. */
  position: number
}

/**
 * argmax over v in S_t of z_v / T + G(seed, position, v), ties to the lowest id; plain argmax at
 * T = 0. Softmax sampling over S_t, seen over many seeds.
 * @param logits float32 [vocabulary]
 * @throws WeftError `engine/bad-logits` when no logit is a number
 */
export function sampleToken(logits: Float32Array, { sampling, key, position }: SampleInit): number {
  const { temperature } = sampling
  if (temperature === 0) return argmax(logits)
  let best = -1
  let bestScore = Number.NEGATIVE_INFINITY
  for (const token of candidates(logits, sampling)) {
    const score = (logits[token] ?? 0) / temperature + gumbelNoise(key, position, token)
    if (score > bestScore || (score === bestScore && token < best)) {
      best = token
      bestScore = score
    }
  }
  if (best < 0) throw badLogits()
  return best
}

/** @throws WeftError `engine/bad-logits` when no logit is above -Infinity */
export function argmax(logits: Float32Array): number {
  let best = -1
  let bestLogit = Number.NEGATIVE_INFINITY
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] ?? Number.NaN
    if (logit > bestLogit) {
      best = token
      bestLogit = logit
    }
  }
  if (best < 0) throw badLogits()
  return best
}

function badLogits(): WeftError {
  return new WeftError(
    'engine/bad-logits',
    'The model computed no usable numbers. Reload it, or choose the CPU backend.',
  )
}

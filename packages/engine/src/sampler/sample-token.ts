/**
 * `gumbel-philox4x32-10/2`: the last steps of the rule that chooses the next token, equal to the bit
 * in every JavaScript engine for equal logits. `token-sampler.ts` has the steps before.
 * @module
 */
import { type Sampling, WeftError } from '@weft/protocol'
import { candidates } from './candidates.ts'
import { gumbelNoise, type NoiseKey } from './gumbel-noise.ts'

export type SampleInit = {
  sampling: Pick<Sampling, 'temperature' | 'topK' | 'topP' | 'minP'>
  key: NoiseKey
  /** Of the token in the answer, from 0. */
  position: number
}

/** No noise is larger, see `gumbelNoise`. */
const maxNoise = 22.88

/**
 * argmax over v in S_t of z_v / T + G(seed, position, v), ties to the lowest id; plain argmax at
 * T = 0. Softmax sampling over S_t, seen over many seeds.
 * @param logits float32 [vocabulary]
 * @throws WeftError `engine/bad-logits`, see `argmax`
 */
export function sampleToken(logits: Float32Array, init: SampleInit): number {
  const { sampling } = init
  const { temperature } = sampling
  let best = argmax(logits)
  if (temperature === 0) return best
  const score = scoreOver(logits, init)
  let bestScore = score(best)
  for (const token of candidates(logits, sampling)) {
    // No noise lifts it to the best; most tokens of a whole vocabulary end here.
    if ((logits[token] as number) / temperature + maxNoise < bestScore) continue
    const challenge = score(token)
    if (challenge > bestScore || (challenge === bestScore && token < best)) {
      best = token
      bestScore = challenge
    }
  }
  return best
}

/** z_v / T + G(seed, position, v). */
function scoreOver(logits: Float32Array, { sampling, key, position }: SampleInit) {
  return (token: number): number =>
    (logits[token] as number) / sampling.temperature + gumbelNoise(key, position, token)
}

/** What the rule chooses, and how far another choice is from it. */
export type Margin = {
  chosen: number
  /** In logits: 0 for the token itself, Infinity for one that the rule never chooses here. */
  margin: number
}

/**
 * Token-DiFR's margin (Karvonen et al., "DiFR: Inference Verification Despite Nondeterminism", arXiv
 * 2511.20621): max over v in S_t of (z_v + T * G_v) - (z_own + T * G_own), Infinity for a token outside
 * S_t; at T = 0 the difference of the logits. Of several own tokens the nearest counts.
 * @throws WeftError `engine/bad-logits`, see `argmax`
 */
export function marginOf(logits: Float32Array, own: ReadonlySet<number>, init: SampleInit): Margin {
  const { sampling } = init
  const { temperature } = sampling
  const chosen = sampleToken(logits, init)
  if (own.has(chosen)) return { chosen, margin: 0 }
  const greedy = temperature === 0
  const score = greedy ? (token: number) => logits[token] as number : scoreOver(logits, init)
  const survivors = greedy ? own : candidates(logits, sampling).filter((token) => own.has(token))
  let nearest = Number.NEGATIVE_INFINITY
  for (const token of survivors) nearest = Math.max(nearest, score(token))
  return { chosen, margin: (greedy ? 1 : temperature) * (score(chosen) - nearest) }
}

/**
 * The largest logit's token, ties to the lowest id.
 * @param logits float32 [vocabulary]; -Infinity forbids a token
 * @throws WeftError `engine/bad-logits` when one is NaN or +Infinity, or all are -Infinity: one broken
 *   number means that the others cannot be trusted
 */
export function argmax(logits: Float32Array): number {
  let best = -1
  let bestLogit = Number.NEGATIVE_INFINITY
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] as number
    // The form that NaN enters too.
    if (logit <= bestLogit) continue
    if (!(logit < Number.POSITIVE_INFINITY)) throw badLogits(`Token ${token} has ${logit}.`)
    best = token
    bestLogit = logit
  }
  if (best < 0) throw badLogits(`All ${logits.length} are -Infinity.`)
  return best
}

function badLogits(fact: string): WeftError {
  return new WeftError(
    'engine/bad-logits',
    'The model computed something that is not a number, so the answer cannot go on. Load it again, or choose the CPU backend.',
    { facts: [fact] },
  )
}

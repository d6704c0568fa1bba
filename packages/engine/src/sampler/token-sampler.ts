/**
 * `gumbel-philox4x32-10/2`: the one rule that chooses the next token. In this order:
 *
 * 1. bias and penalties change single logits (`adjustments.ts`);
 * 2. the grammar forbids tokens (`grammar/`): their logits become -Infinity;
 * 3. temperature 0 takes the largest logit, ties to the lowest id;
 * 4. else top-k, then top-p, then min-p leave S_t (`candidates.ts`), and the largest of
 *    `z / T + G(seed, position, token)` over S_t is taken (`sample-token.ts`).
 *
 * Equal to the bit in every JavaScript engine for equal logits: doubles, `+ - * /` in a written order,
 * own logarithm and exponential. Any change of a single chosen token needs a new name.
 * @module
 */
import type { Sampling } from '@weft/protocol'
import { WeftError } from '@weft/protocol'
import type { GrammarMatcher } from '../grammar/grammars.ts'
import { createAdjustments } from './adjustments.ts'
import { noiseKey } from './gumbel-noise.ts'
import { argmax, type Margin, marginOf, type SampleInit, sampleToken } from './sample-token.ts'

export type TokenSampler = {
  /**
   * How many of the largest logits decide the choice, so that a GPU may read back those alone and leave
   * the others -Infinity; ties at the edge go to the lowest id, and NaN counts as largest. Null when
   * any logit may decide.
   */
  readonly logitsNeeded: number | null
  /**
   * Chooses the token at the next position; the same until `accept` is called.
   * @param logits float32 [vocabulary]; overwritten
   * @throws WeftError `engine/bad-logits` when one of them is NaN or +Infinity, or all are -Infinity,
   *   `engine/bad-grammar` when no token can continue what the grammar wants
   */
  sample(logits: Float32Array): number
  /**
   * How far these tokens are from what `sample` takes, see `marginOf`.
   * @param logits as for `sample`
   * @param own of several, the nearest counts
   * @throws WeftError as `sample`
   */
  margin(logits: Float32Array, own: ReadonlySet<number>): Margin
  /**
   * Tells of the token that was taken, also of those answered elsewhere before a resume.
   * @throws WeftError `engine/bad-grammar-token` when it breaks the grammar
   */
  accept(token: number): void
  /** Frees the grammar's matcher. */
  dispose(): void
}

export type TokenSamplerInit = {
  /** Checked by `checkSampling`. */
  sampling: Sampling
  /** 32 bytes. */
  seed: Uint8Array
  promptTokens: readonly number[]
  /** Where `sampling.grammar` stands, at its start; the sampler's own from now on. Null for text. */
  grammar: GrammarMatcher | null
}

/** @throws RangeError for a seed of another length */
export function createTokenSampler(init: TokenSamplerInit): TokenSampler {
  const { sampling, seed, promptTokens, grammar } = init
  const key = noiseKey(seed)
  const adjustments = createAdjustments(sampling, promptTokens)
  const greedyOrTopK = sampling.temperature === 0 ? 1 : sampling.topK
  let position = 0
  /** Bias, penalties and grammar; what is left is the choice. */
  const prepare = (logits: Float32Array): SampleInit => {
    adjustments.apply(logits)
    if (grammar) {
      // Refuses what is no number before the mask hides it.
      argmax(logits)
      grammar.mask(logits)
    }
    return { sampling, key, position }
  }
  return {
    logitsNeeded: grammar || !adjustments.isOff || greedyOrTopK === 0 ? null : greedyOrTopK,
    sample: (logits) => sampleToken(logits, prepare(logits)),
    margin: (logits, own) => marginOf(logits, own, prepare(logits)),
    accept(token) {
      if (grammar && !grammar.accept(token)) throw brokenGrammar(token, position)
      adjustments.accept(token)
      position += 1
    },
    dispose() {
      grammar?.dispose()
    },
  }
}

function brokenGrammar(token: number, position: number): WeftError {
  return new WeftError(
    'engine/bad-grammar-token',
    'This answer does not keep to the form that was asked for, so it cannot be continued. Ask again from the start.',
    { facts: [`Token ${token} at position ${position} breaks the grammar.`] },
  )
}

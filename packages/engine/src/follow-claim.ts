/**
 * An answer's claim to have been chosen by the sampler, followed choice by choice over this device's
 * logits.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Choices, Claim } from './engine.ts'
import type { LoadedModel } from './loaded-model.ts'
import { createTextStream, type TextStreamInit } from './model/text-stream.ts'
import { createTokenSampler, type TokenSampler } from './sampler/token-sampler.ts'

export type ClaimFollower = {
  readonly choices: Choices
  /** As of a sampler. */
  readonly logitsNeeded: number | null
  /** @param logits float32 [vocabulary] of the next choice; overwritten */
  follow(logits: Float32Array): void
  /** Frees the grammar's matcher. */
  dispose(): void
}

export type FollowInit = {
  /** Known to be this model's. */
  prompt: readonly number[]
  answer: readonly number[]
  /** Its sampling checked by `checkSampling`. */
  claim: Claim
}

/** @throws WeftError `engine/bad-grammar`, `engine/unsupported` */
export async function followClaim(
  model: Pick<LoadedModel, 'grammars' | 'tokenizer' | 'endTokens'>,
  { prompt, answer, claim }: FollowInit,
): Promise<ClaimFollower> {
  const { sampling, seed, ended } = claim
  const { endTokens, tokenizer, grammars } = model
  const stop = findStop(answer, { decode: tokenizer.decode, stop: sampling.stop })
  const grammar = await grammars.open(sampling.grammar)
  const sampler = createTokenSampler({ sampling, seed, promptTokens: prompt, grammar })
  const choices = answer.length + (ended && stop < 0 ? 1 : 0)
  // What the sampler never does ends the claim: nothing can be chosen behind it.
  const margins = new Float64Array(choices).fill(Number.POSITIVE_INFINITY)
  const chosen = new Uint32Array(choices)
  let position = 0
  let isOver = false

  return {
    choices: { margins, chosen },
    logitsNeeded: sampler.logitsNeeded,
    follow(logits) {
      const token = answer[position]
      const own = token === undefined ? endTokens : new Set([token])
      const choice = sampler.margin(logits, own)
      chosen[position] = choice.chosen
      if (!isOver) margins[position] = choice.margin
      if (token !== undefined && !isOver) {
        isOver = position === stop || endTokens.has(token) || !accept(sampler, token)
        if (isOver && position !== stop) margins[position] = Number.POSITIVE_INFINITY
      }
      position += 1
    },
    dispose: () => sampler.dispose(),
  }
}

/** @returns where a stop text is whole, or -1 */
function findStop(answer: readonly number[], init: TextStreamInit): number {
  if (init.stop.length === 0) return -1
  const text = createTextStream(init)
  return answer.findIndex((token) => text.push(token).isStopped)
}

/** @returns false for a token that the grammar forbids */
function accept(sampler: TokenSampler, token: number): boolean {
  try {
    sampler.accept(token)
    return true
  } catch (error) {
    if (error instanceof WeftError && error.code === 'engine/bad-grammar-token') return false
    throw error
  }
}

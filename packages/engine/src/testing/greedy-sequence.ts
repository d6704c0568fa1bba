/**
 * Greedy answers straight from a scheduler, without text.
 * @module
 */
import { argmax } from '../sampler/sample-token.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import type { Sequence } from '../scheduler/sequence.ts'

export type GreedyRun = { tokens: number[]; cachedTokens: number; states: number[] }

/** A greedy answer of `count` tokens. */
export function runGreedily(
  scheduler: Scheduler,
  prompt: readonly number[],
  { count, ...change }: { count: number } & Partial<Sequence>,
): Promise<GreedyRun> {
  return new Promise((resolve, reject) => {
    const run: GreedyRun = { tokens: [], cachedTokens: 0, states: [] }
    scheduler.add({
      prompt,
      firstOutput: prompt.length - 1,
      statesEvery: null,
      keepsPrefix: true,
      signal: new AbortController().signal,
      isWanted: () => true,
      take({ logits, cachedTokens, hiddenStates }) {
        run.cachedTokens = cachedTokens
        for (const state of hiddenStates) run.states.push(...state)
        const token = argmax(logits)
        run.tokens.push(token)
        return run.tokens.length < count ? token : null
      },
      end: (error) => (error ? reject(error) : resolve(run)),
      ...change,
    })
  })
}

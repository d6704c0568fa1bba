/**
 * What the model thinks of answers that exist: each is read behind its prompt, a chunk at a time, and
 * every token's logits are looked at on the way.
 * @module
 */
import { CancelledError, WeftError } from '@weft/protocol'
import type { Score, ScoreInit, ScoreOptions } from './engine.ts'
import { followClaim } from './follow-claim.ts'
import { joinStates } from './join-states.ts'
import type { LoadedModel } from './loaded-model.ts'
import { encodePrompt } from './prompt.ts'
import { checkSampling } from './sampler/check-sampling.ts'
import { largestLogits } from './sampler/largest-logits.ts'
import { argmax } from './sampler/sample-token.ts'
import { findStranger } from './strange-token.ts'

/**
 * All of them at once in the scheduler, where they take turns chunk by chunk and share what they have
 * in common. The first that fails ends the others.
 */
export async function score(
  model: LoadedModel,
  inits: readonly ScoreInit[],
  options: ScoreOptions,
): Promise<Score[]> {
  const checked = inits.map((init) => check(model, init, options))
  const { signal } = options
  const over = new AbortController()
  const signals = [over.signal, ...(signal ? [signal] : [])]
  const init = { ...options, signal: AbortSignal.any(signals) }
  try {
    return await Promise.all(checked.map((each) => scoreOne(model, each, init)))
  } finally {
    over.abort()
  }
}

/** Tokens of both, known to be this model's. */
type Checked = Pick<ScoreInit, 'answer' | 'claim'> & { prompt: readonly number[] }

async function scoreOne(
  model: LoadedModel,
  { prompt, answer, claim }: Checked,
  { topK, hiddenStates, signal }: ScoreOptions & { signal: AbortSignal },
): Promise<Score> {
  const follower = claim && (await followClaim(model, { prompt, answer, claim }))
  const outputs = Math.max(answer.length, follower?.choices.margins.length ?? 0)
  const result = createScore({ tokens: answer.length, topK })
  const rows: Float32Array[] = []
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const cancel = (): void => {
    model.scheduler.wake()
    reject(new CancelledError({ subject: 'Scoring', cause: signal.reason }))
  }
  signal.addEventListener('abort', cancel)
  try {
    if (signal.aborted) cancel()
    const firstOutput = prompt.length - 1
    const read = (index: number, logits: Float32Array): void => {
      const token = answer[index]
      if (token === undefined) return // The end: what there is to say of it are its choices.
      const { tokens, values } = largestLogits(logits, topK)
      result.topTokens.set(tokens, index * topK)
      result.topLogits.set(values, index * topK)
      result.answerLogits[index] = logits[token] ?? Number.NaN
    }
    model.scheduler.add({
      // Nothing is asked behind the last choice.
      prompt: [...prompt, ...answer.slice(0, outputs - 1)],
      firstOutput,
      statesEvery: hiddenStates ? 1 : null,
      logitsNeeded: follower?.logitsNeeded ? Math.max(topK, follower.logitsNeeded) : null,
      keepsPrefix: true,
      signal,
      isWanted: () => true,
      take({ position, logits, hiddenStates: states }) {
        if (!follower) argmax(logits) // Refuses what is no number, as a sampler does.
        const index = position - firstOutput
        read(index, logits)
        if (index < answer.length) rows.push(...states.map((state) => state.slice()))
        follower?.follow(logits)
        return null
      },
      end: (error) => (error ? reject(error) : resolve()),
    })
    await promise
  } finally {
    signal.removeEventListener('abort', cancel)
    follower?.dispose()
  }
  return {
    ...result,
    inputTokens: prompt.length,
    hiddenStates: hiddenStates && rows.length === answer.length ? joinStates(rows) : null,
    choices: follower?.choices ?? null,
  }
}

function createScore({ tokens, topK }: { tokens: number; topK: number }) {
  return {
    topTokens: new Uint32Array(tokens * topK),
    topLogits: new Float32Array(tokens * topK),
    answerLogits: new Float32Array(tokens),
  }
}

/** @throws WeftError `engine/prompt-too-long`, `engine/bad-score`, `engine/bad-sampling` */
function check(model: LoadedModel, init: ScoreInit, { topK }: ScoreOptions): Checked {
  const { vocabularySize, contextTokens } = model
  const { answer, claim, maxTokens } = init
  if (claim) checkSampling(claim.sampling, vocabularySize)
  const prompt = encodePrompt(model, init).tokens
  const facts: string[] = []
  if (answer.length === 0 && !claim?.ended) facts.push('The answer has no tokens.')
  if (answer.length > maxTokens) facts.push(`The answer has more than ${maxTokens} tokens.`)
  const stranger = findStranger(answer, vocabularySize)
  if (stranger !== undefined) facts.push(`This model has no token ${stranger}.`)
  if (!(topK >= 0 && topK <= Math.min(1024, vocabularySize))) facts.push(`topK is ${topK}.`)
  if (prompt.length + answer.length > contextTokens) {
    facts.push(`Prompt and answer have more than ${contextTokens} tokens.`)
  }
  if (facts.length === 0) return { prompt, answer, claim }
  throw new WeftError('engine/bad-score', 'This answer cannot be this model’s.', { facts })
}

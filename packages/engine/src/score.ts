/**
 * What the model thinks of answers that exist: one prefill over prompt and answer each.
 * @module
 */
import { CancelledError, WeftError } from '@weft/protocol'
import type { Score, ScoreInit, ScoreOptions } from './engine.ts'
import type { LoadedModel } from './loaded-model.ts'
import { encodePrompt } from './prompt.ts'
import { largestLogits } from './sampler/largest-logits.ts'

/** All of them at once in the scheduler, where they share what they have in common. */
export async function score(
  model: LoadedModel,
  inits: readonly ScoreInit[],
  options: ScoreOptions,
): Promise<Score[]> {
  return Promise.all(inits.map((init) => scoreOne(model, init, options)))
}

async function scoreOne(
  model: LoadedModel,
  { messages, overflow, answer }: ScoreInit,
  { topK, hiddenStates, signal }: ScoreOptions,
): Promise<Score> {
  const prompt = encodePrompt(model, { messages, overflow, maxTokens: answer.length })
  checkAnswer(model, { answer, promptTokens: prompt.tokens.length, topK })
  const result = createScore({ tokens: answer.length, topK })
  const rows: Float32Array[] = []
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const cancel = (): void => {
    model.scheduler.wake()
    reject(new CancelledError({ subject: 'Scoring', cause: signal?.reason }))
  }
  const stopped = signal ?? new AbortController().signal
  stopped.addEventListener('abort', cancel)
  try {
    if (stopped.aborted) cancel()
    const firstOutput = prompt.tokens.length - 1
    model.scheduler.add({
      // Nothing is asked behind the last token of the answer.
      prompt: [...prompt.tokens, ...answer.slice(0, -1)],
      firstOutput,
      wantsHiddenStates: hiddenStates,
      keepsPrefix: true,
      signal: stopped,
      isWanted: () => true,
      take({ position, logits, hiddenState }) {
        const index = position - firstOutput
        const { tokens, values } = largestLogits(logits, topK)
        result.topTokens.set(tokens, index * topK)
        result.topLogits.set(values, index * topK)
        result.answerLogits[index] = logits[answer[index] ?? 0] ?? Number.NaN
        if (hiddenState) rows.push(hiddenState.slice())
        return null
      },
      end: (error) => (error ? reject(error) : resolve()),
    })
    await promise
  } finally {
    stopped.removeEventListener('abort', cancel)
  }
  return { ...result, hiddenStates: rows.length > 0 ? concatenate(rows) : null }
}

function createScore({ tokens, topK }: { tokens: number; topK: number }) {
  return {
    topTokens: new Uint32Array(tokens * topK),
    topLogits: new Float32Array(tokens * topK),
    answerLogits: new Float32Array(tokens),
  }
}

function concatenate(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0
  const all = new Float32Array(rows.length * width)
  rows.forEach((row, index) => {
    all.set(row, index * width)
  })
  return all
}

type Checked = { answer: readonly number[]; promptTokens: number; topK: number }

function checkAnswer(model: LoadedModel, { answer, promptTokens, topK }: Checked): void {
  const { vocabularySize, contextTokens } = model
  const facts: string[] = []
  if (answer.length === 0) facts.push('The answer has no tokens.')
  const stranger = answer.find((token) => !(token >= 0 && token < vocabularySize))
  if (stranger !== undefined) facts.push(`This model has no token ${stranger}.`)
  if (!(topK >= 1 && topK <= Math.min(1024, vocabularySize))) facts.push(`topK is ${topK}.`)
  if (promptTokens + answer.length > contextTokens) {
    facts.push(`Prompt and answer have more than ${contextTokens} tokens.`)
  }
  if (facts.length === 0) return
  throw new WeftError('engine/bad-score', 'This answer cannot be this model’s.', { facts })
}

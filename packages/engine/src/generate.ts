/**
 * One answer: a sequence in the scheduler on one side, parts for a consumer on the other.
 * @module
 */
import { type FinishReason, tokensPerWindow, WeftError } from '@weft/protocol'
import type { GenerateInit, GeneratePart, WaitOptions } from './engine.ts'
import { joinStates } from './join-states.ts'
import type { LoadedModel } from './loaded-model.ts'
import { createTextStream, type TextStream } from './model/text-stream.ts'
import { createPartQueue, type PartQueue } from './part-queue.ts'
import { encodePrompt, type Prompt } from './prompt.ts'
import { checkSampling } from './sampler/check-sampling.ts'
import { createTokenSampler, type TokenSampler } from './sampler/token-sampler.ts'
import type { Output, Sequence } from './scheduler/sequence.ts'
import { findStranger } from './strange-token.ts'

/**
 * Parts that may lie unread before an answer pauses: enough to keep a batch together while its readers
 * take turns, few enough that nobody pays for a page of answer that nobody reads. It goes on once half
 * of them are read: leaving a batch and joining it copies every row's cache.
 */
const maxUnread = 8

/**
 * Every part is made by the scheduler's steps, a few ahead of the consumer; what an answer holds is
 * freed however the iteration ends.
 */
export async function* generate(
  model: LoadedModel,
  init: GenerateInit,
  { signal }: WaitOptions = {},
): AsyncGenerator<GeneratePart, void, undefined> {
  checkSampling(init.sampling, model.vocabularySize)
  const startedMs = performance.now()
  const prompt = encodePrompt(model, init)
  const grammar = await model.grammars.open(init.sampling.grammar)
  const { sampling, seed } = init
  const sampler = createTokenSampler({ sampling, seed, promptTokens: prompt.tokens, grammar })
  // Aborted when nobody reads on.
  const dropped = new AbortController()
  const queue = createPartQueue()
  const answer = createAnswer({ model, init, prompt, sampler, queue, startedMs })
  let taken = init.answered.length
  const cancel = (): void => {
    dropped.abort()
    model.scheduler.wake()
    answer.cancel(taken)
  }
  signal?.addEventListener('abort', cancel)
  try {
    if (signal?.aborted) cancel()
    else if (answer.resume()) model.scheduler.add({ ...answer.sequence, signal: dropped.signal })
    for (;;) {
      const part = await queue.take()
      if (part.type === 'delta') taken += part.tokens.length
      yield part
      if (part.type === 'end') return
      if (queue.length < maxUnread / 2) model.scheduler.wake()
    }
  } finally {
    signal?.removeEventListener('abort', cancel)
    dropped.abort()
    model.scheduler.wake()
    sampler.dispose()
  }
}

type AnswerInit = {
  model: LoadedModel
  init: GenerateInit
  prompt: Prompt
  sampler: TokenSampler
  queue: PartQueue
  startedMs: number
}

type Answer = {
  sequence: Omit<Sequence, 'signal'>
  /** Goes through the tokens that exist already. @returns whether there is more to make */
  resume(): boolean
  /** What nobody has taken never was. @param taken tokens that somebody has */
  cancel(taken: number): void
}

function createAnswer({ model, init, prompt, sampler, queue, startedMs }: AnswerInit): Answer {
  const { answered, maxTokens, sampling } = init
  const limit = Math.min(maxTokens, model.contextTokens - prompt.tokens.length)
  const tokens = [...prompt.tokens, ...answered]
  const text: TextStream = createTextStream({
    decode: model.tokenizer.decode,
    stop: sampling.stop,
  })
  let count = answered.length
  const window = init.hiddenStates ? createStateWindow() : null
  // With those of tokens that exist already, as far as they share a window with what is to come.
  const windowStart = answered.length - (answered.length % tokensPerWindow)
  let isPaused = false
  let prefilledMs = startedMs

  const end = (finishReason: FinishReason): null => {
    const decodeMs = performance.now() - prefilledMs
    queue.push({ type: 'end', finishReason, outputTokens: count, decodeMs })
    return null
  }
  const prefillEnd = (inputTokens: number, cachedTokens: number): void => {
    const { droppedMessages } = prompt
    prefilledMs = performance.now()
    const prefillMs = prefilledMs - startedMs
    queue.push({ type: 'prefill-end', inputTokens, cachedTokens, droppedMessages, prefillMs })
  }
  const endWithRest = (finishReason: FinishReason): null => {
    const rest = text.end()
    if (rest !== '') queue.push({ type: 'delta', index: count, tokens: [], text: rest })
    return end(finishReason)
  }
  const addToken = (token: number): number | null => {
    const states = (count + 1) % tokensPerWindow === 0 ? window?.take() : undefined
    const { text: added, isStopped } = text.push(token)
    const isLast = count + 1 === limit
    const rest = isLast && !isStopped ? text.end() : ''
    const shown = states ? { hiddenStates: states } : {}
    queue.push({ type: 'delta', index: count, tokens: [token], text: added + rest, ...shown })
    count += 1
    if (isStopped) return end('stop')
    return isLast ? end('length') : token
  }
  const take = ({ position, logits, cachedTokens, hiddenStates }: Output): number | null => {
    window?.add(hiddenStates)
    if (position < tokens.length - 1) return null
    if (position === tokens.length - 1) prefillEnd(prompt.tokens.length, cachedTokens)
    const token = sampler.sample(logits)
    if (model.endTokens.has(token)) return endWithRest('stop')
    sampler.accept(token)
    return addToken(token)
  }
  return {
    sequence: {
      prompt: tokens,
      firstOutput: window ? prompt.tokens.length - 1 + windowStart : tokens.length - 1,
      statesEvery: window && tokensPerWindow,
      logitsNeeded: sampler.logitsNeeded,
      keepsPrefix: true,
      isWanted() {
        isPaused = queue.length >= (isPaused ? maxUnread / 2 : maxUnread)
        return !isPaused
      },
      take,
      end: (error) => error && queue.fail(error),
    },
    resume() {
      if (answered.length > limit) throw tooManyAnswered(answered.length, limit)
      const { vocabularySize } = model
      const stranger = findStranger(answered, vocabularySize)
      if (stranger !== undefined) throw strangeToken(stranger, vocabularySize)
      // An answer ends before such a token: who goes on behind one signs what no verifier believes.
      if (answered.some((token) => model.endTokens.has(token))) throw endedBefore()
      let isStopped = false
      for (const token of answered) {
        sampler.accept(token)
        isStopped = text.push(token).isStopped
      }
      if (!isStopped && answered.length < limit) return true
      prefillEnd(prompt.tokens.length, 0)
      if (isStopped) end('stop')
      // What was held back went out with the last token.
      else end('length')
      return false
    },
    cancel(taken) {
      queue.clear()
      count = taken
      end('cancelled')
    },
  }
}

/** States of the tokens of one window. */
function createStateWindow() {
  let rows: Float32Array[] = []
  return {
    add(states: readonly Float32Array[]): void {
      rows.push(...states.map((state) => state.slice()))
    },
    /** @returns undefined where some were not shown */
    take(): Float32Array | undefined {
      const taken = rows
      rows = []
      return taken.length === tokensPerWindow ? joinStates(taken) : undefined
    },
  }
}

function strangeToken(token: number, vocabularySize: number): WeftError {
  return new WeftError(
    'engine/bad-resume',
    'The answer to be continued is not this model’s. Ask again from the beginning.',
    { facts: [`This model has ${vocabularySize} tokens, and no token ${token}.`] },
  )
}

function endedBefore(): WeftError {
  return new WeftError(
    'engine/bad-resume',
    'The answer to be continued has the model’s end in its middle, so this model has not made it. Ask again from the beginning.',
  )
}

function tooManyAnswered(actual: number, limit: number): WeftError {
  return new WeftError(
    'engine/bad-resume',
    'The answer to be continued is longer than it may be. Ask again from the beginning.',
    { facts: [`Limit: ${limit} tokens`, `Actual: ${actual} tokens`] },
  )
}

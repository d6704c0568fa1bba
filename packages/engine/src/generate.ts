/**
 * One answer: prompt, prefill, then token by token.
 * @module
 */
import { type FinishReason, type Message, WeftError } from '@weft/protocol'
import type { GenerateInit, GeneratePart, WaitOptions } from './engine.ts'
import type { ChatTokenizer } from './model/chat-tokenizer.ts'
import { type Decoder, type DecoderCache, disposeCache } from './model/decoder.ts'
import { createTextStream } from './model/text-stream.ts'
import { noiseKey } from './sampler/gumbel-noise.ts'
import { sampleToken } from './sampler/sample-token.ts'
import type { TakeTurn } from './turns.ts'

/** A model ready to answer. */
export type LoadedModel = {
  decoder: Decoder
  tokenizer: ChatTokenizer
  endTokens: ReadonlySet<number>
  /** Tokens of prompt and answer together. */
  contextTokens: number
  takeTurn: TakeTurn
}

/**
 * Tokens read in one step of a prefill. Bounds how long one prompt keeps the others waiting and a
 * cancel unheard, and the memory of the logits, which the graph computes for every position.
 */
const prefillChunk = 128

/** Decodes only when the next part is asked for; its cache is freed however the iteration ends. */
export async function* generate(
  model: LoadedModel,
  { messages, sampling, seed, maxTokens }: GenerateInit,
  { signal }: WaitOptions = {},
): AsyncGenerator<GeneratePart, void, undefined> {
  const prompt = encodePrompt(model, messages)
  const limit = Math.min(maxTokens, model.contextTokens - prompt.length)
  const key = noiseKey(seed)
  const cache = model.decoder.createCache()
  try {
    const startedMs = performance.now()
    let logits = await prefill(model, cache, { tokens: prompt, ...(signal ? { signal } : {}) })
    if (!logits) return yield end('cancelled', 0, 0)
    const prefilledMs = performance.now()
    yield { type: 'prefill-end', inputTokens: prompt.length, prefillMs: prefilledMs - startedMs }

    const text = createTextStream(model.tokenizer.decode)
    const decodeMs = () => performance.now() - prefilledMs
    for (let index = 0; ; index++) {
      if (!logits || signal?.aborted) return yield end('cancelled', index, decodeMs())
      const token = sampleToken(logits, { sampling, key, position: index })
      if (model.endTokens.has(token)) {
        const rest = text.end()
        if (rest !== '') yield { type: 'delta', index, tokens: [], text: rest }
        return yield end('stop', index, decodeMs())
      }
      const isLast = index + 1 === limit
      const added = text.push(token) + (isLast ? text.end() : '')
      yield { type: 'delta', index, tokens: [token], text: added }
      if (isLast) return yield end('length', limit, decodeMs())
      logits = await step(model, cache, { tokens: [token], ...(signal ? { signal } : {}) })
    }
  } finally {
    disposeCache(cache)
  }
}

/** @throws WeftError `engine/prompt-too-long` when no token of answer would fit */
export function encodePrompt(
  { tokenizer, contextTokens }: Pick<LoadedModel, 'tokenizer' | 'contextTokens'>,
  messages: readonly Message[],
): number[] {
  const prompt = tokenizer.encodeChat(messages)
  const most = contextTokens - 1
  if (prompt.length <= most) return prompt
  const excess = prompt.length - most
  throw new WeftError(
    'engine/prompt-too-long',
    `The conversation is ${excess} ${excess === 1 ? 'token' : 'tokens'} too long: this model takes at most ${most}. Shorten it, or start a new one.`,
    { facts: [`Limit: ${most} tokens`, `Actual: ${prompt.length} tokens`] },
  )
}

type StepInit = { tokens: readonly number[]; signal?: AbortSignal }
type Steps = Pick<LoadedModel, 'decoder' | 'takeTurn'>

/** @returns logits after the last token, or undefined when the signal was aborted */
export async function prefill(
  model: Steps,
  cache: DecoderCache,
  { tokens, ...options }: StepInit,
): Promise<Float32Array | undefined> {
  let logits: Float32Array | undefined
  for (let start = 0; start < tokens.length; start += prefillChunk) {
    const chunk = tokens.slice(start, start + prefillChunk)
    logits = await step(model, cache, { tokens: chunk, ...options })
    if (!logits) return undefined
  }
  return logits
}

/** Asks again when its turn comes: of many cancelled answers none may compute on. */
async function step(
  { decoder, takeTurn }: Steps,
  cache: DecoderCache,
  { tokens, signal }: StepInit,
): Promise<Float32Array | undefined> {
  const logits = await takeTurn(async () =>
    signal?.aborted ? undefined : decoder.step(cache, tokens),
  )
  return signal?.aborted ? undefined : logits
}

function end(finishReason: FinishReason, outputTokens: number, decodeMs: number): GeneratePart {
  return { type: 'end', finishReason, outputTokens, decodeMs }
}

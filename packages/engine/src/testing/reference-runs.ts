/**
 * Answers that every backend must give token by token. Their tokens, computed by onnxruntime-node,
 * are in `reference-runs.jsonl`; after a change of the weights run
 * `npx vitest run --project node packages/engine -u`.
 * @module
 */
import { greedySampling, type Message, type Sampling } from '@weft/protocol'
import type { Engine, GenerateInit, GeneratePart } from '../engine.ts'

const greedy = greedySampling
const warm: Sampling = { ...greedySampling, temperature: 0.8, topK: 40, topP: 0.95 }

const conversations: Message[][] = [
  [{ role: 'user', content: 'Hello! Who are you?' }],
  [{ role: 'user', content: 'What is 47 + 38?' }],
  [
    { role: 'user', content: 'Write a story about a fox and a lantern.' },
    // Long enough for the prefill to take more than one step.
    { role: 'assistant', content: 'The fox carried the lantern over the hill. '.repeat(14) },
    { role: 'user', content: 'Write another one, about a boat.' },
  ],
]

export const referenceRuns: GenerateInit[] = conversations.flatMap((messages, index) =>
  [greedy, warm].map((sampling) => ({
    messages,
    tools: [],
    sampling,
    seed: new Uint8Array(32).fill(index + 1),
    maxTokens: 12,
    overflow: 'error' as const,
    answered: [],
  })),
)

/** A long greedy answer that ends by itself. */
export const story: GenerateInit = {
  messages: [{ role: 'user', content: 'Write a story about a fox.' }],
  tools: [],
  sampling: greedy,
  seed: new Uint8Array(32),
  maxTokens: 256,
  overflow: 'error',
  answered: [],
}

export type Answer = {
  inputTokens: number
  droppedMessages: number
  outputTokens: number
  tokens: number[]
  text: string
  /** Its `finishReason`; undefined while there was no end. */
  finishReason: string | undefined
  /** Kinds of the parts in order. */
  types: GeneratePart['type'][]
}

/** All of an answer. */
export async function collect(parts: AsyncIterable<GeneratePart>): Promise<Answer> {
  const answer: Answer = {
    inputTokens: 0,
    droppedMessages: 0,
    outputTokens: 0,
    tokens: [],
    text: '',
    finishReason: undefined,
    types: [],
  }
  for await (const part of parts) {
    answer.types.push(part.type)
    if (part.type === 'prefill-end') {
      answer.inputTokens = part.inputTokens
      answer.droppedMessages = part.droppedMessages
    } else if (part.type === 'end') {
      answer.finishReason = part.finishReason
      answer.outputTokens = part.outputTokens
    } else {
      answer.tokens.push(...part.tokens)
      answer.text += part.text
    }
  }
  return answer
}

/** The tokens of every reference run on `engine`. */
export async function runReference(engine: Engine): Promise<number[][]> {
  const results: number[][] = []
  for (const init of referenceRuns) results.push((await collect(engine.generate(init))).tokens)
  return results
}

/**
 * Makes the known answer of a manifest on a backend that is trusted: onnxruntime-node's CPU.
 * @module
 */
import type { KnownAnswer, Message } from '@weft/protocol'
import { openDecoder } from './decoder/open-decoder.ts'
import { type GreedyRun, runGreedy } from './known-answer.ts'
import { createChatTokenizer } from './model/chat-tokenizer.ts'
import {
  externalWeights,
  type ModelFiles,
  readModelConfig,
  requireFile,
} from './model/model-config.ts'
import type { Runtime } from './runtime.ts'

const knownTokens = 16
const minPromptTokens = 33
const questions = [
  'Write a short story about a fox, a lantern and a river.',
  'What is Weft and how does it work?',
  'What is 7 plus 5? Then tell me about the moon.',
  'Please write a story about a girl who finds a small boat.',
]

/** One conversation per question, long enough for the prefill kernels that only work on more rows. */
const conversations: Message[][] = questions.map((content, index) => [
  { role: 'user', content: questions[(index + 1) % questions.length] ?? content },
  {
    role: 'assistant',
    content: 'That is a good question. Let me think about it for a moment before I answer you.',
  },
  { role: 'user', content },
])

export type MakeKnownAnswerInit = {
  runtime: Runtime
  files: ModelFiles
  /** Path of the graph among `files`. */
  graph: string
  /** Largest difference of a logit that an honest backend shows. */
  toleranceAbs: number
}

/**
 * Takes, of several conversations, the greedy run whose closest decision is clearest, so that no
 * honest backend fails by a tie.
 */
export async function makeKnownAnswer({
  runtime,
  files,
  graph,
  toleranceAbs,
}: MakeKnownAnswerInit): Promise<KnownAnswer> {
  const config = readModelConfig(files)
  const tokenizer = createChatTokenizer(config)
  const decoder = await openDecoder({
    runtime,
    graph: requireFile(files, graph),
    externalData: externalWeights(graph, files),
    contextTokens: Number.MAX_SAFE_INTEGER,
  })
  let best: { prompt: number[]; run: GreedyRun } | undefined
  try {
    for (const conversation of conversations) {
      const prompt = tokenizer.encodeChat(conversation)
      if (prompt.length < minPromptTokens) continue
      const run = await runGreedy(decoder, { prompt, count: knownTokens })
      if (!best || run.smallestMargin > best.run.smallestMargin) best = { prompt, run }
    }
  } finally {
    await decoder.release()
  }
  if (!best) throw new RangeError('Every conversation is shorter than 33 tokens.')
  const { prompt, run } = best
  return {
    promptTokens: prompt,
    tokens: run.tokens,
    topLogits: largestLogits(run.firstLogits, 8),
    toleranceAbs,
  }
}

/** @returns the `count` largest, largest first, ties to the lowest id */
function largestLogits(logits: Float32Array, count: number): { token: number; value: number }[] {
  return Array.from(logits, (value, token) => ({ token, value }))
    .sort((a, b) => b.value - a.value || a.token - b.token)
    .slice(0, count)
}

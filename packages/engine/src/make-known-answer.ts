/**
 * Makes the known answer of a manifest on a backend that is trusted: onnxruntime-node's CPU.
 * @module
 */
import type { KnownAnswer } from '@weft/protocol'
import { openDecoder } from './decoder/open-decoder.ts'
import { type GreedyRun, runGreedy } from './known-answer.ts'
import { createChatTokenizer } from './model/chat-tokenizer.ts'
import { knownConversations } from './model/known-conversations.ts'
import {
  externalWeights,
  type ModelFiles,
  readModelConfig,
  requireFile,
} from './model/model-config.ts'
import type { Runtime } from './runtime.ts'
import { largestLogits } from './sampler/largest-logits.ts'

const knownTokens = 16
const minPromptTokens = 33
const knownLogits = 8

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
    for (const conversation of knownConversations) {
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
  const { tokens, values } = largestLogits(run.firstLogits, knownLogits)
  return {
    promptTokens: prompt,
    tokens: run.tokens,
    topLogits: Array.from(tokens, (token, index) => ({ token, value: values[index] ?? 0 })),
    toleranceAbs,
  }
}

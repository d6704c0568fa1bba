/**
 * Texts to vectors: tokens, batches, pooling.
 * @module
 */
import { Tokenizer } from '@huggingface/tokenizers'
import { CancelledError, WeftError } from '@weft/protocol'
import type { Embeddings, EmbedInit, ModelFiles, Pooling, WaitOptions } from '../engine.ts'
import { badModel, readJson } from '../model/model-config.ts'
import type { OpenSessionInit } from '../model/open-session.ts'
import { createTurns } from '../turns.ts'
import { type Encoder, openEncoder } from './encoder.ts'
import { normalise, pool } from './pool.ts'
import { readPooling, unsupportedEncoder } from './read-pooling.ts'

export type Embedder = {
  /**
   * Texts of like length share a step. A text's vector depends on who shares it by rounding alone.
   * @throws WeftError `engine/prompt-too-long` and `engine/empty-text` (both say which text),
   *   `engine/unsupported` for a pooling that this graph leaves no room for, `engine/bad-vectors`,
   *   `engine/not-loaded`, `engine/device-lost`, CancelledError
   */
  embed(init: EmbedInit, options?: WaitOptions): Promise<Embeddings>
  /** Never rejects. */
  release(): Promise<void>
}

export type OpenEmbedderInit = OpenSessionInit & {
  /** For the tokenizer and the pooling. */
  files: ModelFiles
  /** Longest text, in tokens. */
  contextTokens: number
}

/** Padding included: bounds the memory of a step. */
const maxStepTokens = 2048

/** @throws WeftError `engine/bad-model`, `engine/bad-graph`, `engine/unsupported`, `engine/out-of-memory` */
export async function openEmbedder(init: OpenEmbedderInit): Promise<Embedder> {
  const { files, contextTokens } = init
  const tokenizer = openTokenizer(files)
  const ownPooling = readPooling(files)
  const encoder = await openEncoder(init)
  const takeTurn = createTurns()

  const embedStep = async (
    texts: readonly number[][],
    pooling: Pooling,
  ): Promise<Float32Array[]> => {
    const { tokens, texts: whole } = await takeTurn(() => encoder.step(texts))
    const pooled = pooling === ownPooling ? whole : undefined
    return texts.map(({ length }, row) => {
      if (pooled) return pool(pooled, { row, length: 1, pooling: 'cls' })
      if (tokens) return pool(tokens, { row, length, pooling })
      throw unsupportedEncoder(`It shows whole texts only, pooled by ${ownPooling}.`)
    })
  }
  return {
    async embed({ texts, pooling, normalize }, { signal } = {}) {
      const encoded = texts.map((text, index) =>
        encodeText(tokenizer, { text, index, contextTokens }),
      )
      const vectors = new Array<Float32Array>(texts.length)
      for (const step of planSteps(encoded, encoder)) {
        if (signal?.aborted)
          throw new CancelledError({ subject: 'Embedding', cause: signal.reason })
        const rows = step.map((index) => encoded[index] ?? [])
        const stepVectors = await embedStep(rows, pooling ?? ownPooling)
        step.forEach((index, row) => {
          const vector = checkFinite(stepVectors[row] ?? new Float32Array(0), index)
          vectors[index] = normalize ? normalise(vector) : vector
        })
      }
      return { vectors, inputTokens: encoded.reduce((sum, { length }) => sum + length, 0) }
    },
    // Behind the step under way, whose session must not go.
    release: () => takeTurn(encoder.release),
  }
}

function openTokenizer(files: ModelFiles): Tokenizer {
  const json = readJson(files, 'tokenizer.json')
  const config = files.has('tokenizer_config.json') ? readJson(files, 'tokenizer_config.json') : {}
  try {
    return new Tokenizer(json, config)
  } catch (cause) {
    throw badModel('Its tokenizer is of a kind that Weft cannot read.', cause)
  }
}

type Text = { text: string; index: number; contextTokens: number }

/** Token ids with the special tokens of the model around them. */
function encodeText(tokenizer: Tokenizer, { text, index, contextTokens }: Text): number[] {
  const { ids } = tokenizer.encode(text)
  const place = `Text: number ${index + 1}`
  if (ids.length === 0) {
    throw new WeftError('engine/empty-text', 'An empty text has no vector. Leave it out.', {
      facts: [place],
    })
  }
  if (ids.length <= contextTokens) return ids
  const excess = ids.length - contextTokens
  throw new WeftError(
    'engine/prompt-too-long',
    `The text is ${excess} tokens too long for this model. Split it into shorter texts.`,
    { facts: [place, `Limit: ${contextTokens} tokens`, `Actual: ${ids.length} tokens`] },
  )
}

/** Indices of the texts that share a step: shortest first, so that little is padded. */
function planSteps(texts: readonly number[][], { masks }: Encoder): number[][] {
  const lengthOf = (index: number): number => texts[index]?.length ?? 0
  const steps: number[][] = []
  for (const index of texts.map((_, at) => at).sort((a, b) => lengthOf(a) - lengthOf(b))) {
    const step = steps.at(-1)
    const fits = step && masks && (step.length + 1) * lengthOf(index) <= maxStepTokens
    if (fits) step.push(index)
    else steps.push([index])
  }
  return steps
}

function checkFinite(vector: Float32Array, index: number): Float32Array {
  if (vector.every(Number.isFinite)) return vector
  throw new WeftError(
    'engine/bad-vectors',
    'The model computed something that is not a number. Choose another backend.',
    { facts: [`Text: number ${index + 1}`] },
  )
}

/**
 * `client.embeddings`: vectors of texts, by a model on this device.
 * https://platform.openai.com/docs/api-reference/embeddings
 * @module
 */
import { z } from 'zod'
import type { Client } from '../tab.ts'
import type { RequestOptions } from './answers.ts'
import { findModelAnywhere, type Models } from './find-model.ts'
import { parseParams } from './parse-params.ts'

/** OpenAI's bound. */
const maxTexts = 2048

const paramsSchema = z.strictObject({
  model: z.string().min(1).max(200),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(maxTexts)]),
  encoding_format: z.enum(['float', 'base64']).optional(),
  user: z.string().optional(),
})

/** As `OpenAI.EmbeddingCreateParams`, without `dimensions` and token ids. */
export type EmbeddingParams = z.input<typeof paramsSchema>

/** `embedding` is base64 of little-endian float32 where `encoding_format` asks for that. */
export type EmbeddingResponse<Vector = number[]> = {
  object: 'list'
  data: { object: 'embedding'; index: number; embedding: Vector }[]
  model: string
  usage: { prompt_tokens: number; total_tokens: number }
}

export interface EmbeddingDoor {
  /**
   * Vectors of Euclidean length 1. The first call fetches and loads the model.
   * @throws ParameterError; WeftError `sdk/unknown-model`, `sdk/wrong-task`, `engine/prompt-too-long`, `storage/*`;
   *   CancelledError
   */
  create(
    params: EmbeddingParams & { encoding_format: 'base64' },
    options?: Pick<RequestOptions, 'signal'>,
  ): Promise<EmbeddingResponse<string>>
  create(
    params: EmbeddingParams & { encoding_format?: 'float' },
    options?: Pick<RequestOptions, 'signal'>,
  ): Promise<EmbeddingResponse>
  create(
    params: EmbeddingParams,
    options?: Pick<RequestOptions, 'signal'>,
  ): Promise<EmbeddingResponse<number[] | string>>
}

export type EmbeddingComponents = Models & { embed: Client['embed'] }

export function createEmbeddings(components: EmbeddingComponents): EmbeddingDoor {
  async function create(params: EmbeddingParams, { signal }: Pick<RequestOptions, 'signal'> = {}) {
    const { model, input, encoding_format } = parseParams(paramsSchema, params)
    const wanted = { name: model, task: 'embedding' as const }
    const { modelCid, manifest } = await findModelAnywhere(components, wanted, { signal })
    const request = { modelCid, texts: [input].flat() }
    const { vectors, inputTokens } = await components.embed(request, signal ? { signal } : {})
    const encode = encoding_format === 'base64' ? toBase64 : (vector: Float32Array) => [...vector]
    return {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: encode(vector),
      })),
      model: manifest.id,
      usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
    }
  }
  return { create: create as EmbeddingDoor['create'] }
}

function toBase64({ buffer, byteOffset, byteLength }: Float32Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

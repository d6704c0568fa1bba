/**
 * A model of vectors as the AI SDK asks it.
 * @module
 */
import type { EmbeddingModelV4 } from '@ai-sdk/provider'
import type { EmbeddingDoor } from '../openai/embeddings.ts'

export function createEmbeddingModel(embeddings: EmbeddingDoor, model: string): EmbeddingModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'weft',
    modelId: model,
    maxEmbeddingsPerCall: 2048,
    // One device computes them, one after the other.
    supportsParallelCalls: false,
    async doEmbed({ values, abortSignal, dimensions }) {
      const { data, usage } = await embeddings.create(
        { model, input: values },
        { signal: abortSignal },
      )
      return {
        embeddings: data.map(({ embedding }) => embedding),
        usage: { tokens: usage.prompt_tokens },
        warnings: dimensions ? [{ type: 'unsupported', feature: 'dimensions' }] : [],
      }
    },
  }
}

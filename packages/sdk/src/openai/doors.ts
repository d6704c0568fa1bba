/**
 * Weft in OpenAI's shape.
 * @module
 */
import type { ApiComponents } from './answers.ts'
import { type ChatCompletions, createChatCompletions } from './chat-completions.ts'
import { type Completions, createCompletions } from './completions.ts'
import { createEmbeddings, type EmbeddingComponents, type EmbeddingDoor } from './embeddings.ts'
import { createModelList, type ModelList } from './model-list.ts'

/** The part of the official client that Weft offers; what it leaves out says decision 50. */
export interface OpenAiDoors {
  readonly chat: { readonly completions: ChatCompletions }
  readonly completions: Completions
  readonly embeddings: EmbeddingDoor
  readonly models: ModelList
}

export function createOpenAiDoors(components: ApiComponents & EmbeddingComponents): OpenAiDoors {
  return {
    chat: { completions: createChatCompletions(components) },
    completions: createCompletions(components),
    embeddings: createEmbeddings(components),
    models: createModelList(components),
  }
}

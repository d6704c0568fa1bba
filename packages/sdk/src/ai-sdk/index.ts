/**
 * Weft for the AI SDK: `@weft/sdk/ai`.
 * https://ai-sdk.dev/docs/foundations/providers-and-models
 * @module
 */
import type { EmbeddingModelV4, LanguageModelV4 } from '@ai-sdk/provider'
import type { RequestOptions } from '../openai/answers.ts'
import type { OpenAiDoors } from '../openai/doors.ts'
import { createEmbeddingModel } from './embedding-model.ts'
import { createLanguageModel } from './language-model.ts'

export type WeftProviderInit = {
  /** Of `createClient`; it stays open and is closed by whoever opened it. */
  client: Pick<OpenAiDoors, 'chat' | 'embeddings'>
}

export type WeftProvider = {
  /** @param model - name or CID @param options - of every request of it: where, price, grade */
  (model: string, options?: Omit<RequestOptions, 'signal'>): LanguageModelV4
  languageModel(model: string, options?: Omit<RequestOptions, 'signal'>): LanguageModelV4
  embeddingModel(model: string): EmbeddingModelV4
}

/**
 * @example
 * const weft = createWeft({ client: await createClient({ relays, modelsUrl }) })
 * const { textStream } = streamText({ model: weft('weft/bobbin-2m'), prompt: 'Tell me a story.' })
 */
export function createWeft({ client }: WeftProviderInit): WeftProvider {
  const languageModel: WeftProvider['languageModel'] = (model, options = {}) =>
    createLanguageModel({ completions: client.chat.completions, model, options })
  return Object.assign((...args: Parameters<typeof languageModel>) => languageModel(...args), {
    languageModel,
    embeddingModel: (model: string) => createEmbeddingModel(client.embeddings, model),
  })
}

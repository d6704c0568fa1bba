/**
 * A call of the AI SDK as a chat. What Weft has not is warned of where the answer is one all the same, and refused
 * where it would not be.
 * @module
 */
import {
  type LanguageModelV4CallOptions,
  type LanguageModelV4Message,
  type SharedV4Warning,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider'
import type { ChatCompletionParams } from '../openai/chat-params.ts'

export function toChatParams(
  model: string,
  call: LanguageModelV4CallOptions,
): { params: ChatCompletionParams & { stream?: false }; warnings: SharedV4Warning[] } {
  if (call.tools?.length) throw unsupported('tools')
  const warnings: SharedV4Warning[] = []
  if (call.seed !== undefined) {
    const details = 'The seed comes of the job and its nonce, so that nobody can choose it.'
    warnings.push({ type: 'unsupported', feature: 'seed', details })
  }
  if (call.reasoning && call.reasoning !== 'provider-default' && call.reasoning !== 'none') {
    warnings.push({ type: 'unsupported', feature: 'reasoning' })
  }
  const params = {
    model,
    messages: call.prompt.map(toMessage),
    max_tokens: call.maxOutputTokens ?? null,
    temperature: call.temperature ?? null,
    top_p: call.topP ?? null,
    top_k: call.topK ?? null,
    presence_penalty: call.presencePenalty ?? null,
    frequency_penalty: call.frequencyPenalty ?? null,
    stop: call.stopSequences?.length ? call.stopSequences : null,
    response_format: toFormat(call.responseFormat),
  }
  return { params, warnings }
}

function toFormat(
  format: LanguageModelV4CallOptions['responseFormat'],
): NonNullable<ChatCompletionParams['response_format']> {
  if (format?.type !== 'json') return { type: 'text' }
  if (!format.schema) return { type: 'json_object' }
  const schema = format.schema as Record<string, unknown>
  return { type: 'json_schema', json_schema: { name: format.name ?? 'answer', schema } }
}

function toMessage(message: LanguageModelV4Message): ChatCompletionParams['messages'][number] {
  if (message.role === 'system') return { role: 'system', content: message.content }
  if (message.role === 'tool') throw unsupported('tools')
  const texts = message.content.map((part) => {
    if (part.type === 'text') return part.text
    // What the model thought is not said to it again.
    if (part.type === 'reasoning') return ''
    throw unsupported(part.type === 'file' ? 'files in messages' : part.type)
  })
  return { role: message.role, content: texts.join('') }
}

function unsupported(functionality: string): UnsupportedFunctionalityError {
  return new UnsupportedFunctionalityError({
    functionality,
    message: `Weft does not offer ${functionality}. Nothing was sent or charged.`,
  })
}

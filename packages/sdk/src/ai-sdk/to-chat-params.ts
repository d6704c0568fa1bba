/**
 * A call of the AI SDK as a chat. What Weft has not is warned of where the answer is one all the same, and refused
 * where it would not be.
 * @module
 */
import {
  type LanguageModelV4CallOptions,
  type LanguageModelV4FunctionTool,
  type LanguageModelV4Message,
  type LanguageModelV4ToolResultOutput,
  type SharedV4Warning,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider'
import type { ChatCompletionParams } from '../openai/chat-params.ts'
import type { ChatToolCall } from '../openai/chat-types.ts'

type ToolPart = Extract<LanguageModelV4Message, { role: 'tool' }>['content'][number]

export function toChatParams(
  model: string,
  call: LanguageModelV4CallOptions,
): { params: ChatCompletionParams & { stream?: false }; warnings: SharedV4Warning[] } {
  const warnings: SharedV4Warning[] = []
  const tools = (call.tools ?? []).flatMap((tool) => {
    if (tool.type === 'function') return [toTool(tool)]
    warnings.push({ type: 'unsupported', feature: `the provider's tool ${tool.id}` })
    return []
  })
  if (call.seed !== undefined) {
    const details = 'The seed comes of the job and its nonce, so that nobody can choose it.'
    warnings.push({ type: 'unsupported', feature: 'seed', details })
  }
  if (call.reasoning && call.reasoning !== 'provider-default' && call.reasoning !== 'none') {
    warnings.push({ type: 'unsupported', feature: 'reasoning' })
  }
  const params = {
    model,
    messages: call.prompt.flatMap(toMessages),
    ...(tools.length > 0 ? { tools, tool_choice: toChoice(call.toolChoice) } : {}),
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

function toTool({ name, description, inputSchema, strict = false }: LanguageModelV4FunctionTool) {
  const parameters = inputSchema as Record<string, unknown>
  const about = description === undefined ? {} : { description }
  return { type: 'function' as const, function: { name, ...about, parameters, strict } }
}

function toChoice(choice: LanguageModelV4CallOptions['toolChoice'] = { type: 'auto' }) {
  if (choice.type !== 'tool') return choice.type
  return { type: 'function' as const, function: { name: choice.toolName } }
}

function toMessages(message: LanguageModelV4Message): ChatCompletionParams['messages'] {
  if (message.role === 'system') return [{ role: 'system', content: message.content }]
  if (message.role === 'tool') return message.content.flatMap(toResult)
  const calls: ChatToolCall[] = []
  const texts = message.content.map((part) => {
    if (part.type === 'text') return part.text
    // What the model thought is not said to it again.
    if (part.type === 'reasoning') return ''
    if (part.type !== 'tool-call' || part.providerExecuted) {
      throw unsupported(part.type === 'file' ? 'files in messages' : part.type)
    }
    const called = { name: part.toolName, arguments: JSON.stringify(part.input ?? {}) }
    calls.push({ id: part.toolCallId, type: 'function', function: called })
    return ''
  })
  const content = texts.join('')
  if (message.role === 'user') return [{ role: 'user', content }]
  return [{ role: 'assistant', content, ...(calls.length > 0 ? { tool_calls: calls } : {}) }]
}

/** Whether a call may run was for the person to say, and is of no use to the model. */
function toResult(part: ToolPart): ChatCompletionParams['messages'] {
  if (part.type !== 'tool-result') return []
  return [{ role: 'tool', tool_call_id: part.toolCallId, content: textOf(part.output) }]
}

function textOf(output: LanguageModelV4ToolResultOutput): string {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value)
    case 'execution-denied':
      return output.reason ?? 'The person did not allow this call.'
    case 'content':
      return output.value
        .map((item) => {
          if (item.type === 'text') return item.text
          throw unsupported('files in results of tools')
        })
        .join('\n')
  }
}

function unsupported(functionality: string): UnsupportedFunctionalityError {
  return new UnsupportedFunctionalityError({
    functionality,
    message: `Weft does not offer ${functionality}. Nothing was sent or charged.`,
  })
}

/**
 * Messages as OpenAI's clients write them.
 * @module
 */
import { limits, type Message, type ToolCall, toolNameSchema } from '@weft/protocol'
import { z } from 'zod'
import { badParameter } from './api-error.ts'

const textPartSchema = z.object({ type: z.literal('text'), text: z.string() })
const contentSchema = z.union([z.string(), z.array(textPartSchema).min(1)], {
  error: 'only text is taken, as a string or as parts of type "text"',
})
const nameSchema = z.string().max(64).optional()

/** Clients say answers again as they hold them, with what they read out of them (`parsed_arguments`, `parsed`). */
const callSchema = z.object({
  id: z.string().min(1).max(128),
  type: z.literal('function'),
  function: z.object({ name: toolNameSchema, arguments: z.string() }),
})

export const chatMessageSchema = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.enum(['system', 'developer']),
    content: contentSchema,
    name: nameSchema,
  }),
  z.strictObject({ role: z.literal('user'), content: contentSchema, name: nameSchema }),
  z.object({
    role: z.literal('assistant'),
    /** May be left out beside calls. */
    content: contentSchema.nullable().optional(),
    tool_calls: z.array(callSchema).min(1).max(limits.maxToolCalls).optional(),
    name: nameSchema,
    refusal: z.null().optional(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    content: contentSchema,
    tool_call_id: z.string().min(1).max(128),
    name: nameSchema,
  }),
])

type ChatMessage = z.output<typeof chatMessageSchema>

/** @throws ParameterError `sdk/bad-parameter` for a result of no call, or an answer that says nothing */
export function toMessages(messages: readonly ChatMessage[]): Message[] {
  const called = new Set<string>()
  return messages.map((message, index): Message => {
    const { role } = message
    const content = textOf(message.content ?? '')
    if (role === 'tool') {
      const toolCallId = message.tool_call_id
      if (called.has(toolCallId)) return { role, content, toolCallId }
      throw badParameter(`messages[${index}].tool_call_id`, 'names no call of a message before it')
    }
    if (role !== 'assistant') return { role: role === 'developer' ? 'system' : role, content }
    const { tool_calls: calls } = message
    if (!calls && typeof message.content !== 'string' && !message.content) {
      throw badParameter(`messages[${index}].content`, 'is missing')
    }
    for (const { id } of calls ?? []) called.add(id)
    return { role, content, ...(calls ? { toolCalls: calls.map(toCall) } : {}) }
  })
}

function toCall({ id, function: called }: z.output<typeof callSchema>): ToolCall {
  return { id, name: called.name, arguments: called.arguments }
}

function textOf(content: z.output<typeof contentSchema>): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('')
}

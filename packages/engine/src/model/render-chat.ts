/**
 * A conversation as the text that a model reads: by its chat template, with tools in the template's own form where
 * it has one, else in plain words.
 * https://huggingface.co/docs/transformers/chat_extras
 * @module
 */
import { type Message, readJson, type Tool, type ToolCall, WeftError } from '@weft/protocol'

/** A template over these names. @throws where it refuses the conversation */
type Render = (values: { messages: object[]; tools?: object[] }) => string

export type ChatRendererInit = {
  render: Render
  /** Of texts that are not the template's: what it returns spells no special token. */
  clean: (text: string) => string
}

export type ChatRenderer = (messages: readonly Message[], tools: readonly Tool[]) => string

/** A message that every template knows. */
type Plain = { role: string; content: string }

/**
 * @returns the conversation's text; it throws WeftError `engine/chat-template` when the template takes the
 *   conversation in no form
 */
export function createChatRenderer({ render, clean }: ChatRendererInit): ChatRenderer {
  let known: boolean | undefined
  /** Whether what is told of tools, of a call and of its result is in the text at all. */
  const knowsTools = (): boolean => {
    known ??= attempt(() => {
      const tools = [describeTool(probe.tool, clean)]
      const offered = render({ messages: describeMessages(probe.question, clean), tools })
      const called = render({ messages: describeMessages(probe.call, clean), tools })
      return (
        offered.includes(probe.tool.name) &&
        [probe.argument, probe.result].every((part) => called.includes(part))
      )
    })
    return known
  }

  return (messages, tools) => {
    const forms: (() => string)[] = []
    const usesTools = tools.length > 0 || messages.some(isOfTools)
    if (usesTools && knowsTools()) {
      const told = describeMessages(messages, clean)
      const given =
        tools.length > 0 ? { tools: tools.map((tool) => describeTool(tool, clean)) } : {}
      forms.push(() => render({ messages: told, ...given }))
      forms.push(() => render({ messages: foldSystem(told), ...given }))
    }
    const words = tools.length > 0 ? toolWords(tools, clean) : ''
    const plain = plainMessages(messages, { words, clean })
    for (const form of [plain, foldSystem(plain)]) {
      forms.push(() => {
        const text = render({ messages: form })
        if (!text.includes(words)) throw new Error('It leaves out what is said of tools.')
        return text
      })
    }
    let cause: unknown
    for (const form of forms) {
      try {
        return form()
      } catch (error) {
        cause ??= error
      }
    }
    throw WeftError.from(
      cause,
      'engine/chat-template',
      'The chat template of this model does not take this conversation.',
    )
  }
}

/** What no template says by itself. */
const said = { argument: 'argument_of_weft', result: 'result_of_weft' }
const tool: Tool = { name: 'probe_of_weft', description: '', parameters: '{"type":"object"}' }
const question: Message[] = [{ role: 'user', content: '?' }]
const toolCall: ToolCall = { id: '0', name: tool.name, arguments: `{"of":"${said.argument}"}` }
const probe = {
  ...said,
  tool,
  question,
  call: [
    ...question,
    { role: 'assistant', content: '', toolCalls: [toolCall] },
    { role: 'tool', content: said.result, toolCallId: toolCall.id },
  ] satisfies Message[],
}

function attempt(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}

const isOfTools = (message: Message): boolean =>
  message.role === 'tool' || (message.role === 'assistant' && message.toolCalls !== undefined)

/** As templates of the hub read tools. */
function describeTool({ name, description, parameters }: Tool, clean: (text: string) => string) {
  const described = { name, description: clean(description), parameters: readJson(parameters) }
  return { type: 'function', function: cleaned(described, clean) }
}

/** As templates of the hub read calls and results. Some want ids of nine letters, so calls are numbered. */
function describeMessages(messages: readonly Message[], clean: (text: string) => string) {
  const calls = new Map<string, { id: string; name: string }>()
  const describeCall = ({ id, name, arguments: given }: ToolCall) => {
    const call = { id: String(calls.size).padStart(9, '0'), name }
    calls.set(id, call)
    const value = { name, arguments: readJson(given) ?? given }
    return { id: call.id, type: 'function', function: cleaned(value, clean) }
  }
  return messages.map((message) => {
    const { role } = message
    const content = clean(message.content)
    if (role === 'tool') {
      const call = calls.get(message.toolCallId)
      return { role, content, name: call?.name ?? '', tool_call_id: call?.id ?? '' }
    }
    if (role !== 'assistant' || !message.toolCalls) return { role, content }
    return { role, content, tool_calls: message.toolCalls.map(describeCall) }
  })
}

/** Every text and every key of a JSON value. */
function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => cleaned(item, clean))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [clean(key), cleaned(item, clean)]))
}

/** Calls and results as text in the form of `toolWords`, and those words with the system message. */
function plainMessages(
  messages: readonly Message[],
  { words, clean }: { words: string; clean: (text: string) => string },
): Plain[] {
  const plain: Plain[] = []
  for (const message of messages) {
    const content = clean(message.content)
    const last = plain.at(-1)
    if (message.role === 'tool') {
      const result = `<tool_response>\n${content}\n</tool_response>`
      // Of several calls together: templates want roles in turn.
      if (last?.content.endsWith('</tool_response>')) last.content += `\n${result}`
      else plain.push({ role: 'user', content: result })
    } else if (message.role === 'assistant' && message.toolCalls) {
      const calls = message.toolCalls.map(({ name, arguments: given }) => {
        const value = { name, arguments: readJson(given) ?? given }
        return `<tool_call>\n${JSON.stringify(cleaned(value, clean))}\n</tool_call>`
      })
      plain.push({ role: message.role, content: [content, ...calls].filter(Boolean).join('\n') })
    } else {
      plain.push({ role: message.role, content })
    }
  }
  if (words === '') return plain
  const [first, ...rest] = plain
  if (first?.role !== 'system') return [{ role: 'system', content: words }, ...plain]
  return [{ role: 'system', content: `${first.content}\n\n${words}` }, ...rest]
}

/** What a model is told that has no form of its own; the form of the calls is one that the sdk reads. */
function toolWords(tools: readonly Tool[], clean: (text: string) => string): string {
  const lines = tools.map((tool) => JSON.stringify(describeTool(tool, clean).function))
  return [
    'You can call these functions:',
    ...lines,
    'To call one, answer with nothing but:',
    '<tool_call>',
    '{"name": "the function", "arguments": {"its": "arguments"}}',
    '</tool_call>',
  ].join('\n')
}

/** A template that knows no system message finds its text before the first of the user's. */
function foldSystem<Item extends Plain>(messages: Item[]): Item[] {
  const [system, first, ...rest] = messages
  if (system?.role !== 'system' || first?.role !== 'user') return messages
  return [{ ...first, content: `${system.content}\n\n${first.content}` }, ...rest]
}

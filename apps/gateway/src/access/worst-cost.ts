/**
 * What a request can cost at most, before anybody has read it. The same for the same body: who pays for it asks
 * twice. Strangers are told a price for nothing, so it takes one pass over the body.
 * @module
 */
import {
  checkPrompt,
  costWei,
  limits,
  type Message,
  mostPromptTokens,
  type Price,
  type PromptTexts,
} from '@weft/protocol'

/** Where a request does not say how long the answer may get; as in the sdk. */
const defaultMaxTokens = 1_024

type Fields = Record<string, unknown>

/**
 * @param body - of any of the endpoints, not checked yet
 * @returns wei; a second node that reads the prompt adds to it
 * @throws WeftError `protocol/empty-prompt`, `protocol/too-large` for what no job may have
 */
export function worstCostWei(body: Fields, price: Price): bigint {
  const { input, max_completion_tokens, max_tokens } = body
  const asked = max_completion_tokens ?? max_tokens ?? defaultMaxTokens
  const most = typeof asked === 'number' && asked >= 0 ? Math.ceil(asked) : Infinity
  const read = promptOf(body)
  if (input === undefined) checkPrompt(read)
  const inputTokens = mostPromptTokens(read)
  const outputTokens = input === undefined ? Math.min(most, limits.maxOutputTokens) : 0
  return costWei(price, { inputTokens, outputTokens })
}

/** As the sdk will write it into a job, for all that it takes: the rest will be refused, whatever it is said to cost. */
function promptOf({ messages, tools, prompt, input }: Fields): PromptTexts {
  const texts = [prompt ?? input].flat().map((content) => ({ role: 'user' as const, content }))
  return {
    messages: listOf(messages ?? texts).map(messageOf),
    tools: listOf(tools).map(({ function: offered }) => {
      const {
        name,
        description,
        parameters = { type: 'object', properties: {} },
      } = fieldsOf(offered)
      const [known, about] = [textOf(name), textOf(description)]
      return { name: known, description: about, parameters: JSON.stringify(parameters) }
    }),
  }
}

function messageOf({ role, content: said, tool_calls }: Fields): Message {
  const parts = Array.isArray(said)
    ? said.map((part) => textOf(fieldsOf(part).text))
    : [textOf(said)]
  const content = parts.join('')
  if (role !== 'assistant') {
    return role === 'tool' ? { role, content, toolCallId: '' } : { role: 'user', content }
  }
  const toolCalls = listOf(tool_calls).map(({ id, function: called }) => {
    const { name, arguments: given } = fieldsOf(called)
    return { id: textOf(id), name: textOf(name), arguments: textOf(given) }
  })
  return { role, content, ...(toolCalls.length > 0 ? { toolCalls } : {}) }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value)
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' ? { ...value } : {})
const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])

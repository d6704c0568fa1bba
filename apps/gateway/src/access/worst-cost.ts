/**
 * What a request can cost at most, before anybody has read it. The same for the same body: who pays for it asks
 * twice.
 * @module
 */
import { costWei, limits, mostPromptTokens, type Price } from '@weft/protocol'

/** Where a request does not say how long the answer may get; as in the sdk. */
const defaultMaxTokens = 1_024

/** @param body - of any of the endpoints, not checked yet. @returns wei; a second node that reads the prompt adds to it */
export function worstCostWei(body: Record<string, unknown>, price: Price): bigint {
  const { messages, prompt, input, max_completion_tokens, max_tokens } = body
  const asked = max_completion_tokens ?? max_tokens ?? defaultMaxTokens
  const most = typeof asked === 'number' && asked >= 0 ? Math.ceil(asked) : Infinity
  const texts = Array.isArray(messages) ? messages : [prompt ?? input]
  const inputTokens = mostPromptTokens(
    texts.map((text) => ({ role: 'user', content: JSON.stringify(text) ?? '' })),
  )
  const outputTokens = input === undefined ? Math.min(most, limits.maxOutputTokens) : 0
  return costWei(price, { inputTokens, outputTokens })
}

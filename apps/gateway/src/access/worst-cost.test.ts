/**
 * What is set aside for a request reaches for whatever a node may count, and saying so takes no time.
 * @module
 */
import { limits, type Message, mostPromptTokens, type Tool, toolsSchema } from '@weft/protocol'
import { expect, test } from 'vitest'
import { worstCostWei } from './worst-cost.ts'

/** A token of the prompt costs one wei, of the answer nothing. */
const price = { inputWeiPerMillion: 1_000_000n, outputWeiPerMillion: 0n }
const question = { role: 'user' as const, content: 'hi' }

/** @returns an object, `depth` levels deep, with `length` numbers in its deepest one */
function nest(depth: number, length: number): object {
  let value: unknown = Array.from({ length }, () => 1)
  for (let level = 2; level < depth; level++) value = [value]
  return { e: value }
}

test.each([2, 20, 21, 22, 23, 24])(
  'a function whose parameters are %i deep is set aside for as it may be counted',
  (depth) => {
    const parameters = nest(depth, 1_500)
    const tools: Tool[] = [{ name: 'f', description: 'Ä', parameters: JSON.stringify(parameters) }]
    expect(toolsSchema.safeParse(tools).success).toBe(true)
    const most = mostPromptTokens({ messages: [question], tools })
    expect(most).toBeGreaterThan(1_500 * 4 * depth)
    const offered = { name: 'f', description: 'Ä', parameters }
    const body = { messages: [question], tools: [{ type: 'function', function: offered }] }
    expect(worstCostWei(body, price)).toBe(BigInt(most))
  },
)

test('so is what was called, said in parts, or is asked in one prompt', () => {
  const call = { name: 'f', arguments: JSON.stringify({ ...nest(20, 500), n: [1e20, '\ufdfa'] }) }
  const messages: Message[] = [
    question,
    { role: 'assistant', content: '', toolCalls: [{ id: 'a', ...call }] },
    { role: 'tool', content: 'ΐ', toolCallId: 'a' },
  ]
  const most = BigInt(mostPromptTokens({ messages, tools: [] }))
  const said = [
    {
      role: 'developer',
      content: [
        { type: 'text', text: 'h' },
        { type: 'text', text: 'i' },
      ],
    },
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: call }] },
    { role: 'tool', content: 'ΐ', tool_call_id: 'a' },
  ]
  expect(worstCostWei({ messages: said }, price)).toBe(most)
  const alone = BigInt(mostPromptTokens({ messages: [question], tools: [] }))
  for (const prompt of ['hi', ['hi']]) expect(worstCostWei({ prompt }, price)).toBe(alone)
})

test('what no job may have is refused before it is priced', () => {
  const content = 'x'.repeat(limits.maxPromptBytes + 1)
  const long = { messages: [{ role: 'user', content }] }
  expect(() => worstCostWei(long, price)).toThrow(
    expect.objectContaining({ code: 'protocol/too-large' }),
  )
  expect(() => worstCostWei({ messages: [] }, price)).toThrow(
    expect.objectContaining({ code: 'protocol/empty-prompt' }),
  )
})

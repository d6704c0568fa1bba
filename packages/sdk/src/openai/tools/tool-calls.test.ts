/** Functions over a real road. The embedded model is too small to choose one, so answers have to call. */
import type OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recheck } from '../../recheck.ts'
import { type ApiRoad, openApiRoad } from '../../testing/api-road.ts'
import { toApiError } from '../api-error.ts'
import type { ChatCompletionParams } from '../chat-params.ts'

let road: ApiRoad

const model = 'weft/bobbin-2m'
const messages = [{ role: 'user' as const, content: 'How is the weather in Paris?' }]
const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'Tells the weather of a city.',
    parameters: {
      type: 'object',
      properties: {
        city: { $ref: '#/$defs/city' },
        days: { type: 'integer', minimum: 1, maximum: 9 },
      },
      required: ['city', 'days'],
      $defs: { city: { type: 'string', enum: ['Paris', 'Rome'] } },
    },
  },
}
const clock = {
  type: 'function' as const,
  function: { name: 'clock', description: 'Tells the time.' },
}
const asked = { model, messages, tools: [weather, clock], temperature: 0, max_tokens: 120 }

beforeAll(async () => {
  road = await openApiRoad()
})
afterAll(() => road.close())

const create = (change: Partial<ChatCompletionParams>) =>
  road.api.chat.completions.create({ ...asked, ...change, stream: false })

test('an answer that has to call a function calls it well, and can be computed again', async () => {
  const tool_choice = { type: 'function' as const, function: { name: 'weather' } }
  const chat = (await create({ tool_choice })) satisfies OpenAI.ChatCompletion
  const [{ message, finish_reason }] = chat.choices
  expect(finish_reason).toBe('tool_calls')
  expect(message.content).toBeNull()
  const [call] = message.tool_calls ?? []
  expect(call).toMatchObject({ type: 'function', function: { name: 'weather' } })
  const said = JSON.parse(call?.function.arguments ?? '')
  expect(['Paris', 'Rome']).toContain(said.city)
  expect(said.days).toBeGreaterThan(0)

  // What was offered is part of the prompt and of the job, so whoever checks has it.
  const { answer } = chat.weft
  expect(answer.job.tools.map(({ name }) => name)).toEqual(['weather', 'clock'])
  expect(await recheck(road.engine, answer)).toMatchObject({ firstDifference: null })
  const { inputTokens } = await road.engine.measurePrompt({ ...answer.job, tools: [] })
  expect(chat.usage.prompt_tokens).toBeGreaterThan(inputTokens)

  // The next step: what the function gave, said to the model.
  const result = { role: 'tool' as const, tool_call_id: call?.id ?? '', content: 'sunny' }
  const next = await create({ messages: [...messages, message, result], tool_choice: 'none' })
  expect(next.choices[0].message.tool_calls).toBeUndefined()
  expect(next.weft.answer.job).toMatchObject({ tools: [], messages: { length: 3 } })
  expect(await recheck(road.engine, next.weft.answer)).toMatchObject({ firstDifference: null })
})

test('the same call comes in pieces', async () => {
  const whole = await create({ tool_choice: 'required' })
  const stream = await road.api.chat.completions.create({
    ...asked,
    tool_choice: 'required',
    stream: true,
  })
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
  expect(deltas.length).toBeGreaterThan(2)
  const [call] = whole.choices[0].message.tool_calls ?? []
  const { name } = call?.function ?? {}
  // The id names the job, which is another one.
  expect(deltas[0]).toMatchObject({ index: 0, type: 'function', function: { name, arguments: '' } })
  const given = deltas.map((delta) => delta.function?.arguments ?? '').join('')
  expect(given).toBe(call?.function.arguments)
  expect(chunks.some(({ choices }) => choices[0]?.delta.content)).toBe(false)
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls')
})

test('where the model may choose, text is text', async () => {
  const chat = await create({ max_tokens: 12, parallel_tool_calls: false })
  const { message, finish_reason } = chat.choices[0]
  expect(message.content).toBe(chat.weft.answer.text)
  expect(finish_reason).toBe('length')
  expect(chat.weft.answer.job.sampling.stop).toEqual(['</tool_call>'])
})

test('what is wrong with functions is told by its name', async () => {
  const errorOf = (change: object) => create(change).then(() => undefined, toApiError)
  const unlike = { type: 'custom', custom: { name: 'x' } }
  const call = { id: 'a', type: 'function', function: { name: 'clock', arguments: '{}' } }
  const regex = { type: 'object', properties: { a: { type: 'string', pattern: 'x+' } } }
  const strange = { type: 'function', function: { name: 'strange', parameters: regex } }
  const named = (name: string) => ({ type: 'function', function: { name } })
  const nested = (levels: number) => ({
    name: 'deep',
    parameters: Array.from({ length: levels }).reduce((within) => ({ within }), true),
  })
  const table: [param: string, change: object][] = [
    ['tools[0].function.name', { tools: [named('a b')] }],
    ['tools[1].function.name', { tools: [clock, clock] }],
    [
      'tools[0].function.parameters',
      { tools: [{ ...clock, function: { name: 'a', parameters: 3 } }] },
    ],
    ['tools[1].function.parameters', { tools: [clock, { ...weather, function: nested(25) }] }],
    ['tools[0].function.parameters', { tools: [{ ...weather, function: nested(100_000) }] }],
    ['tools[0].type', { tools: [unlike] }],
    ['tool_choice', { tool_choice: named('none') }],
    ['tool_choice', { tools: [], tool_choice: 'required' }],
    ['tool_choice', { tool_choice: 'any' }],
    ['tools', { tools: [strange], tool_choice: 'required' }],
    [
      'messages[1].tool_call_id',
      { messages: [...messages, { role: 'tool', tool_call_id: 'a', content: '' }] },
    ],
    [
      'messages[0].tool_calls[0].function.arguments',
      { messages: [{ role: 'assistant', tool_calls: [{ ...call, function: { name: 'clock' } }] }] },
    ],
    ['messages[0].content', { messages: [{ role: 'assistant' }] }],
  ]
  for (const [param, change] of table) {
    const error = await errorOf(change)
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param })
  }
  const deepest = { type: 'function', function: nested(24) }
  expect(await errorOf({ tools: [deepest], max_tokens: 1 })).toBeUndefined()
  expect(await errorOf({ tools: [unlike] })).toMatchObject({ code: 'unsupported_parameter' })
  expect((await errorOf({ tools: [strange], tool_choice: 'required' }))?.message).toContain(
    'pattern',
  )
})

/**
 * The AI SDK's documented calls through its provider for OpenAI-compatible servers, against the gateway over a real
 * road.
 * @module
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateObject, generateText, isStepCount, jsonSchema, streamText, tool } from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from './access/api-keys.ts'
import { openGatewayStage } from './testing/gateway-stage.ts'

const { key, sha256 } = createKey()
let stage: Awaited<ReturnType<typeof openGatewayStage>>
let provider: ReturnType<typeof createOpenAICompatible>

beforeAll(async () => {
  stage = await openGatewayStage()
  const { baseURL } = await stage.start({ keys: [{ name: 'tests', sha256 }], heartbeatMs: 10 })
  provider = createOpenAICompatible({
    name: 'weft',
    apiKey: key,
    baseURL,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })
})
afterAll(() => stage.close())

const prompt = 'Tell me a story about a fox and a lantern.'

test('generateText', async () => {
  const { text, usage, finishReason } = await generateText({
    model: provider(stage.model),
    prompt,
    maxOutputTokens: 12,
  })
  expect(text).toMatch(/\w/)
  expect(usage.outputTokens).toBe(12)
  expect(finishReason).toBe('length')
})

test('streamText: text, usage and end, and nothing of the heartbeats between', async () => {
  const result = streamText({ model: provider(stage.model), prompt, maxOutputTokens: 40 })
  let streamed = ''
  for await (const text of result.textStream) streamed += text
  expect(streamed).toBe(await result.text)
  expect(streamed).not.toContain('waiting')
  expect((await result.usage).outputTokens).toBeGreaterThan(5)
  expect(await result.finishReason).toMatch(/stop|length/)
})

test('generateObject keeps to its schema', async () => {
  const schema = jsonSchema<{ colour: string }>({
    type: 'object',
    properties: { colour: { type: 'string', enum: ['red', 'blue'] } },
    required: ['colour'],
    additionalProperties: false,
  })
  const { object } = await generateObject({ model: provider(stage.model), schema, prompt })
  expect(['red', 'blue']).toContain(object.colour)
})

const inputSchema = jsonSchema<{ colour: string }>({
  type: 'object',
  properties: { colour: { type: 'string', enum: ['red', 'blue'] } },
  required: ['colour'],
  additionalProperties: false,
})

test('generateText runs functions and goes on with what they gave', async () => {
  const mix = tool({ inputSchema, execute: async ({ colour }) => `${colour} and white` })
  const { steps } = await generateText({
    model: provider(stage.model),
    prompt,
    tools: { mix },
    maxOutputTokens: 120,
    stopWhen: isStepCount(2),
    prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
  })
  expect(steps.map(({ finishReason }) => finishReason)).toEqual([
    'tool-calls',
    expect.stringMatching(/stop|length/),
  ])
  expect(steps[0]?.toolResults[0]?.output).toMatch(/^(red|blue) and white$/)
  expect(steps[1]?.text).toMatch(/\w/)
})

test('streamText tells a call in pieces', async () => {
  const { stream } = streamText({
    model: provider(stage.model),
    prompt,
    tools: { mix: tool({ inputSchema }) },
    toolChoice: { type: 'tool', toolName: 'mix' },
    maxOutputTokens: 120,
  })
  let given = ''
  const calls: unknown[] = []
  for await (const part of stream) {
    if (part.type === 'tool-input-delta') given += part.delta
    if (part.type === 'tool-call') calls.push(part.input)
  }
  expect(calls).toEqual([JSON.parse(given)])
})

test('an aborted stream stops the job at its node', async () => {
  const abort = new AbortController()
  const result = streamText({
    model: provider(stage.model),
    prompt: 'Tell me a long story about a bear.',
    abortSignal: abort.signal,
    onError: () => {},
  })
  for await (const text of result.textStream) if (text) abort.abort()
  await expect
    .poll(() => stage.road.served.findLast(({ type }) => type === 'job-end'), { timeout: 5_000 })
    .toMatchObject({ state: 'cancelled' })
})

test('a model that is not there is told so at once', async () => {
  const asking = generateText({ model: provider('weft/none'), prompt })
  await expect(asking).rejects.toMatchObject({ statusCode: 404, isRetryable: false })
})

import type { Job } from '@weft/protocol'
import {
  embedMany,
  generateObject,
  generateText,
  isStepCount,
  jsonSchema,
  streamText,
  tool,
} from 'ai'
import type OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient, type WeftClient } from '../client.ts'
import type { GenerateEvent } from '../tab.ts'
import { type ApiRoad, openApiRoad } from '../testing/api-road.ts'
import { openVectorsSite, vectorsModel } from '../testing/vectors-site.ts'
import { createWeft, type WeftProvider } from './index.ts'

const prompt = 'Tell me a story about a fox and a lantern.'

let road: ApiRoad
let weft: WeftProvider
let site: Awaited<ReturnType<typeof openVectorsSite>>
let local: WeftClient

beforeAll(async () => {
  road = await openApiRoad()
  weft = createWeft({ client: road.api })
  site = await openVectorsSite()
  local = await createClient({ modelsUrl: site.modelsUrl })
})
afterAll(async () => {
  await local.close()
  await Promise.all([site.close(), road.close()])
})

const model = () => weft('weft/bobbin-2m')

test('streamText tells the text of a node, how it ended, and who made it', async () => {
  const asked = { model: model(), prompt, temperature: 0, maxOutputTokens: 24 }
  const stream = streamText(asked)
  let text = ''
  for await (const part of stream.textStream) text += part
  expect(await stream.finishReason).toBe('length')
  expect((await stream.usage).outputTokens).toBe(24)
  const { weft: made } = (await stream.providerMetadata) ?? {}
  expect(made).toMatchObject({ nodePeerId: road.node.peerId, costWei: '0' })
  const { text: whole, warnings } = await generateText({ ...asked, seed: 7 })
  expect(whole).toBe(text)
  expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'seed' }])
})

test('generateObject gets what its schema says', async () => {
  const schema = jsonSchema<{ name: string; legs: number }>({
    type: 'object',
    properties: {
      name: { type: 'string', maxLength: 12 },
      legs: { type: 'integer', minimum: 0, maximum: 1000 },
    },
    required: ['name', 'legs'],
    additionalProperties: false,
  })
  const { object } = await generateObject({ model: model(), prompt, schema, maxOutputTokens: 120 })
  expect(object).toEqual({ name: expect.any(String), legs: expect.any(Number) })
})

test('an abort stops the node', async () => {
  const ends = () => road.served.filter(({ type }) => type === 'job-end').length
  const before = ends()
  const controller = new AbortController()
  const { textStream } = streamText({
    model: model(),
    prompt,
    maxOutputTokens: 400,
    abortSignal: controller.signal,
  })
  let text = ''
  for await (const part of textStream) {
    text += part
    controller.abort()
  }
  expect(text.length).toBeGreaterThan(0)
  await expect.poll(ends).toBe(before + 1)
})

test('what is refused is refused by its name, and not tried again', async () => {
  const unknown = generateText({ model: weft('gpt-5'), prompt })
  await expect(unknown).rejects.toMatchObject({ statusCode: 404, isRetryable: false })
  const files = [{ type: 'file' as const, data: 'aGk=', mediaType: 'image/png' }]
  const seen = generateText({ model: model(), messages: [{ role: 'user', content: files }] })
  await expect(seen).rejects.toThrow('does not offer files')
})

test('generateText runs functions and says what they gave; streamText tells calls as they come', async () => {
  const places = ['Paris', 'Rome']
  const inputSchema = jsonSchema<{ city: string }>({
    type: 'object',
    properties: { city: { type: 'string', enum: places } },
    required: ['city'],
    additionalProperties: false,
  })
  const weather = tool({ inputSchema, execute: async ({ city }) => ({ city, sky: 'blue' }) })
  const jobs: Job[] = []
  const onEvent = (event: GenerateEvent) => event.type === 'end' && jobs.push(event.answer.job)
  const asked = {
    model: weft('weft/bobbin-2m', { onEvent }),
    prompt: 'How is the weather?',
    temperature: 0,
    maxOutputTokens: 120,
  }
  const { steps } = await generateText({
    ...asked,
    tools: { weather },
    stopWhen: isStepCount(2),
    prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
  })
  const [first, second] = steps
  expect(steps).toHaveLength(2)
  expect(first?.finishReason).toBe('tool-calls')
  const [made] = first?.toolResults ?? []
  expect(made?.output).toEqual({ city: expect.any(String), sky: 'blue' })
  expect(second?.text).toMatch(/\w/)
  expect(jobs[1]?.messages).toMatchObject([
    { role: 'user' },
    { role: 'assistant', toolCalls: [{ name: 'weather' }] },
    { role: 'tool', content: JSON.stringify(made?.output) },
  ])

  const parts: string[] = []
  let given = ''
  const toolChoice = { type: 'tool', toolName: 'weather' } as const
  const { stream } = streamText({
    ...asked,
    tools: { weather: tool({ inputSchema }) },
    toolChoice,
  })
  for await (const part of stream) {
    if (part.type === 'tool-input-delta') given += part.delta
    if (part.type === 'tool-call') expect(part.input).toEqual(JSON.parse(given))
    if (parts.at(-1) !== part.type) parts.push(part.type)
  }
  const told = ['tool-input-start', 'tool-input-delta', 'tool-input-end', 'tool-call']
  expect(parts.filter((type) => type.startsWith('tool-'))).toEqual(told)
  expect(parts).not.toContain('text-start')
})

test('embedMany gets vectors of this device, as does the door of OpenAI', async () => {
  const values = ['A fox carried the lantern.', 'moon']
  const vectors = createWeft({ client: local }).embeddingModel(vectorsModel)
  const { embeddings, usage } = await embedMany({ model: vectors, values })
  expect(embeddings.map((vector) => Math.hypot(...vector))).toEqual([
    expect.closeTo(1, 5),
    expect.closeTo(1, 5),
  ])
  expect(usage.tokens).toBe(11)
  const asked = { model: vectorsModel, input: values }
  const plain = (await local.embeddings.create(asked)) satisfies OpenAI.CreateEmbeddingResponse
  expect(plain.data.map(({ embedding }) => embedding)).toEqual(embeddings)
  const { data } = await local.embeddings.create({ ...asked, encoding_format: 'base64' })
  const bytes = Buffer.from(data[0]?.embedding ?? '', 'base64')
  expect(bytes.readFloatLE(0)).toBe(embeddings[0]?.[0])
  const wrong = local.embeddings.create({ model: 'weft/bobbin-2m', input: 'moon' })
  await expect(wrong).rejects.toMatchObject({ code: 'sdk/wrong-task' })
})

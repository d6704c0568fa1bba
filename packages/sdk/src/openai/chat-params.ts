/**
 * What `chat.completions.create` takes: OpenAI's parameters as far as Weft can keep them. One that would
 * change the answer and that Weft has not is refused by its name, never passed over in silence.
 * https://platform.openai.com/docs/api-reference/chat/create
 * @module
 */
import { defaultSampling, type Grammar, limits, type Sampling } from '@weft/protocol'
import { z } from 'zod'
import type { Asked } from './answers.ts'
import { chatMessageSchema, toMessages } from './chat-messages.ts'
import { parseParams } from './parse-params.ts'
import { callEnd } from './tools/read-calls.ts'
import { functionToolSchema, readTools, toolChoiceSchema } from './tools/tool-params.ts'

const responseFormatSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      name: z.string().max(64),
      description: z.string().optional(),
      schema: z.record(z.string(), z.unknown()).optional(),
      strict: z.boolean().nullable().optional(),
    }),
  }),
])

const numberOf = (minimum: number, maximum: number) =>
  z.number().min(minimum).max(maximum).nullable().optional()
const tokensSchema = z.int().min(1).max(limits.maxOutputTokens).nullable().optional()

/** What chooses tokens, in chats and completions alike. */
export const samplingShape = {
  temperature: numberOf(0, 2),
  top_p: numberOf(0, 1),
  /** Not OpenAI's, but of most who speak its language. */
  top_k: z.int().min(0).max(1024).nullable().optional(),
  min_p: numberOf(0, 1),
  repetition_penalty: numberOf(0.5, 2),
  frequency_penalty: numberOf(-2, 2),
  presence_penalty: numberOf(-2, 2),
  /** Token ids of the model's own tokenizer, as text. */
  logit_bias: z
    .record(z.string().regex(/^\d+$/), z.number().min(-100).max(100))
    .nullable()
    .optional(),
  stop: z
    .union([z.string().min(1), z.array(z.string().min(1)).max(limits.maxStops)])
    .nullable()
    .optional(),
}

/** Of no effect on an answer here, so they may be said. */
export const labelShape = {
  n: z.literal(1).nullable().optional(),
  user: z.string().optional(),
  metadata: z.record(z.string(), z.string()).nullable().optional(),
  safety_identifier: z.string().optional(),
  prompt_cache_key: z.string().optional(),
}

export const streamShape = {
  stream: z.boolean().nullable().optional(),
  stream_options: z
    .object({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
    .nullable()
    .optional(),
}

const chatParamsSchema = z.strictObject({
  model: z.string().min(1).max(200),
  messages: z.array(chatMessageSchema).min(1).max(limits.maxMessages),
  max_tokens: tokensSchema,
  max_completion_tokens: tokensSchema,
  response_format: responseFormatSchema.optional(),
  logprobs: z.literal(false).nullable().optional(),
  store: z.literal(false).nullable().optional(),
  modalities: z.array(z.literal('text')).nullable().optional(),
  tools: z.array(functionToolSchema).max(limits.maxTools).optional(),
  tool_choice: toolChoiceSchema.optional(),
  parallel_tool_calls: z.boolean().optional(),
  ...samplingShape,
  ...labelShape,
  ...streamShape,
})

/** As `OpenAI.ChatCompletionCreateParams`, of which it is a part. */
export type ChatCompletionParams = z.input<typeof chatParamsSchema>

/** The request, in Weft's words. */
export type ReadChat = Asked & {
  /** That its answer may have. */
  mostCalls: number
  includesUsage: boolean
}

/** @throws ParameterError `sdk/bad-parameter`, `sdk/unsupported-parameter` */
export function readChatParams(value: unknown): ReadChat {
  const params = parseParams(chatParamsSchema, value)
  const { tools, grammar, mostCalls } = readTools(params, grammarOf(params.response_format))
  const sampling = { ...readSampling(params), grammar }
  return {
    model: params.model,
    messages: toMessages(params.messages),
    tools,
    mostCalls,
    sampling: mostCalls === 1 ? endingBehindCall(sampling) : sampling,
    maxTokens: params.max_completion_tokens ?? params.max_tokens ?? null,
    isStream: params.stream === true,
    includesUsage: params.stream_options?.include_usage === true,
  }
}

/** What comes behind the only call would be paid for and passed over. */
function endingBehindCall(sampling: Sampling): Sampling {
  const { stop, grammar } = sampling
  if (grammar.type !== 'text' || stop.length >= limits.maxStops) return sampling
  return { ...sampling, stop: [...stop, callEnd] }
}

type SamplingParams = z.output<z.ZodObject<typeof samplingShape>>

/** What is not said is as everywhere in Weft: `defaultSampling`. */
export function readSampling(params: SamplingParams): Sampling {
  const { stop } = params
  const biases = Object.entries(params.logit_bias ?? {})
  return {
    temperature: params.temperature ?? defaultSampling.temperature,
    // A nucleus of nothing is the likeliest token alone.
    topP: params.top_p === 0 ? Number.MIN_VALUE : (params.top_p ?? defaultSampling.topP),
    topK: params.top_k ?? defaultSampling.topK,
    minP: params.min_p ?? defaultSampling.minP,
    repetitionPenalty: params.repetition_penalty ?? defaultSampling.repetitionPenalty,
    frequencyPenalty: params.frequency_penalty ?? defaultSampling.frequencyPenalty,
    presencePenalty: params.presence_penalty ?? defaultSampling.presencePenalty,
    logitBias: biases
      .map(([token, bias]) => ({ token: Number(token), bias }))
      .sort((a, b) => a.token - b.token),
    grammar: defaultSampling.grammar,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
  }
}

function grammarOf(format: z.output<typeof responseFormatSchema> | undefined): Grammar {
  if (format?.type === 'json_object') return { type: 'json' }
  if (format?.type !== 'json_schema') return { type: 'text' }
  return { type: 'json-schema', schema: JSON.stringify(format.json_schema.schema ?? {}) }
}

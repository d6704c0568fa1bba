/**
 * How the next token is chosen. The rule itself (Gumbel-max over Philox noise) is the engine's; this
 * is its description, which is hashed into every receipt.
 * @module
 */
import { z } from 'zod'
import { limits } from './limits.ts'
import { tokenIdSchema } from './values.ts'

/** What the text of an answer has to be; the tokens that would break it are never chosen. */
export const grammarSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  /** Any JSON object or array. */
  z.strictObject({ type: z.literal('json') }),
  z.strictObject({
    type: z.literal('json-schema'),
    /** A JSON Schema as JSON text. */
    schema: z.string().min(2).max(limits.maxGrammarChars),
  }),
])
export type Grammar = z.infer<typeof grammarSchema>

const logitBiasSchema = z.strictObject({
  token: tokenIdSchema,
  /** Added to the logit; -100 bans, 100 all but forces. */
  bias: z.number().min(-100).max(100),
})

export const samplingSchema = z.strictObject({
  /** 0 is greedy (argmax, ties to the lowest id). */
  temperature: z.number().min(0).max(2),
  /** Keep the k largest logits; 0 keeps all. */
  topK: z.int().min(0).max(1024),
  /** Keep the smallest set of tokens whose probability reaches this; 1 keeps all. */
  topP: z.number().gt(0).max(1),
  /** Keep tokens at least this share as probable as the likeliest; 0 keeps all. */
  minP: z.number().min(0).max(1),
  /** Divides positive logits of tokens seen in prompt or answer, multiplies negative ones; 1 is off. */
  repetitionPenalty: z.number().min(0.5).max(2),
  /** Subtracted from the logit of a token of the answer, once for each time it was chosen. */
  frequencyPenalty: z.number().min(-2).max(2),
  /** Subtracted from the logit of a token of the answer, once. */
  presencePenalty: z.number().min(-2).max(2),
  /** Ascending by token, each once. */
  logitBias: z
    .array(logitBiasSchema)
    .max(limits.maxLogitBiases)
    .refine(
      (biases) =>
        biases.every(({ token }, index) => index === 0 || token > (biases[index - 1]?.token ?? 0)),
      {
        error: 'expected ascending tokens',
      },
    ),
  grammar: grammarSchema,
  /** The answer ends before the first of these texts. */
  stop: z.array(z.string().min(1).max(limits.maxStopChars)).max(limits.maxStops),
})
export type Sampling = z.infer<typeof samplingSchema>

/** The likeliest token always, nothing else asked for. */
export const greedySampling: Sampling = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  logitBias: [],
  grammar: { type: 'text' },
  stop: [],
}

export const defaultSampling: Sampling = {
  ...greedySampling,
  temperature: 0.7,
  topK: 40,
  topP: 0.95,
}

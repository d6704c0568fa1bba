/**
 * Functions that a model may call: it says which and with what, and whoever asked runs them. They are part of the
 * prompt, so whoever computes an answer again gets them with the job.
 * @module
 */
import { z } from 'zod'
import { limits } from './limits.ts'

/** OpenAI's rule, which all families of models keep to. */
export const toolNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'expected 1 to 64 of a-z, A-Z, 0-9, _ and -' })

export const toolSchema = z.strictObject({
  name: toolNameSchema,
  /** For the model; may be empty. */
  description: z.string().max(limits.maxToolTextChars),
  /** A JSON Schema of its arguments as JSON text. */
  parameters: z
    .string()
    .max(limits.maxGrammarChars)
    .refine((text) => isObject(readJson(text)), {
      error: `expected a JSON object, ${limits.maxToolDepth} deep at most`,
    }),
})
/** @example { name: 'weather', description: 'Of a city.', parameters: '{"type":"object"}' } */
export type Tool = z.infer<typeof toolSchema>

export const toolsSchema = z
  .array(toolSchema)
  .max(limits.maxTools)
  .refine((tools) => new Set(tools.map(({ name }) => name)).size === tools.length, {
    error: 'expected each name once',
  })

export const toolCallSchema = z.strictObject({
  /** By which its result names it. */
  id: z.string().min(1).max(128),
  name: toolNameSchema,
  /** As the model wrote them: JSON, if it did well. */
  arguments: z.string(),
})
export type ToolCall = z.infer<typeof toolCallSchema>

/** @returns the value, or undefined where the text is no JSON, or nests deeper than `limits.maxToolDepth` */
export function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isTooDeep(value) ? undefined : value
  } catch {
    return undefined
  }
}

/** Whether it nests deeper than JSON in a prompt may; no more of it is looked at than tells. */
export function isTooDeep(value: unknown): boolean {
  return isDeeperThan(value, limits.maxToolDepth)
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((child) => isDeeperThan(child, depth - 1))
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

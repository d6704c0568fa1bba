/**
 * Functions as OpenAI's clients offer them, and what of that a job takes: tools for the prompt, and a form for an
 * answer that has to call one.
 * https://platform.openai.com/docs/api-reference/chat/create
 * @module
 */
import { type Grammar, isTooDeep, limits, type Tool, toolNameSchema } from '@weft/protocol'
import { z } from 'zod'
import { badParameter } from '../api-error.ts'

export const functionToolSchema = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: toolNameSchema,
    description: z.string().max(limits.maxToolTextChars).optional(),
    /** A JSON Schema. */
    parameters: z.record(z.string(), z.unknown()).optional(),
    /** Kept to where a call is asked for; with `auto` a model writes freely. */
    strict: z.boolean().nullable().optional(),
  }),
})

export const toolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z.strictObject({
    type: z.literal('function'),
    function: z.strictObject({ name: z.string() }),
  }),
])

export type ToolParams = {
  tools?: z.output<typeof functionToolSchema>[] | undefined
  tool_choice?: z.output<typeof toolChoiceSchema> | undefined
  parallel_tool_calls?: boolean | undefined
}

/** What an answer may call. */
export type ReadTools = {
  /** Of the prompt; none where nothing may be called. */
  tools: Tool[]
  /** Of the answer. */
  grammar: Grammar
  /** Calls that it may have. */
  mostCalls: number
}

/**
 * @param grammar - that an answer has where it calls nothing
 * @throws ParameterError `sdk/bad-parameter`
 */
export function readTools(params: ToolParams, grammar: Grammar): ReadTools {
  const { tools: given = [], tool_choice: choice = 'auto', parallel_tool_calls: parallel } = params
  const tools = given.map(toTool)
  const names = tools.map(({ name }) => name)
  const twice = names.findIndex((name, index) => names.indexOf(name) < index)
  if (twice >= 0) throw badParameter(`tools[${twice}].function.name`, 'is offered twice')
  if (choice === 'none' || (choice === 'auto' && tools.length === 0)) {
    return { tools: [], grammar, mostCalls: 0 }
  }
  if (tools.length === 0)
    throw badParameter('tool_choice', 'asks for a call, and tools offers no function')
  if (choice === 'auto') {
    const mostCalls = parallel === false ? 1 : limits.maxToolCalls
    const schema =
      grammar.type === 'json-schema' ? anyOf([...tools.map(callOf), grammar.schema]) : null
    return { tools, grammar: schema ? { type: 'json-schema', schema } : grammar, mostCalls }
  }
  const wanted =
    choice === 'required' ? tools : tools.filter(({ name }) => name === choice.function.name)
  if (wanted.length === 0)
    throw badParameter('tool_choice', 'names a function that tools does not offer')
  const schema = anyOf(wanted.map(callOf))
  return { tools, grammar: { type: 'json-schema', schema }, mostCalls: 1 }
}

function toTool({ function: given }: z.output<typeof functionToolSchema>, index: number): Tool {
  const { name, description = '', parameters = { type: 'object', properties: {} } } = given
  const param = `tools[${index}].function.parameters`
  if (isTooDeep(parameters)) {
    throw badParameter(param, `nests deeper than ${limits.maxToolDepth} levels`)
  }
  const tool = { name, description, parameters: JSON.stringify(parameters) }
  if (tool.parameters.length <= limits.maxGrammarChars) return tool
  throw badParameter(param, `is longer than ${limits.maxGrammarChars} characters`)
}

/** A JSON Schema of one call: the form in which most families write theirs. */
function callOf({ name, parameters }: Tool): string {
  return JSON.stringify({
    type: 'object',
    properties: {
      name: { const: name },
      arguments: moved(JSON.parse(parameters), '#/properties/arguments'),
    },
    required: ['name', 'arguments'],
    additionalProperties: false,
  })
}

function anyOf(schemas: readonly string[]): string {
  const options = schemas.map((schema, index) => moved(JSON.parse(schema), `#/anyOf/${index}`))
  return schemas.length === 1 ? String(schemas[0]) : JSON.stringify({ anyOf: options })
}

/** A schema within another one: what it refers to lies there as well. */
function moved(schema: unknown, at: string): unknown {
  if (Array.isArray(schema)) return schema.map((item) => moved(item, at))
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    key === '$ref' && typeof value === 'string' ? value.replace(/^#/, at) : moved(value, at),
  ])
  return Object.fromEntries(entries)
}

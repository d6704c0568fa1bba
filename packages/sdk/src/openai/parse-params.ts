/**
 * Parameters against their schema; what is wrong is told by its path.
 * @module
 */
import type { z } from 'zod'
import { badParameter, ParameterError } from './api-error.ts'

type Issue = z.core.$ZodIssue

/** @throws ParameterError `sdk/bad-parameter`, `sdk/unsupported-parameter` */
export function parseParams<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const { data, error } = schema.safeParse(value)
  const [issue] = error?.issues ?? []
  if (!issue) return data as z.output<Schema>
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    throw unsupported(pathOf([...issue.path, key]))
  }
  const param = pathOf(issue.path)
  if (isMissing(issue, value)) throw badParameter(param, 'is missing')
  if (onlyOffered.has(param.replace(/\[\d+\]/, '[]'))) throw unsupported(param)
  throw badParameter(param, `is not what it should be: ${issue.message}`)
}

/** Known by their names, and taken only where they ask for nothing. */
const onlyOffered = new Set([
  'n',
  'best_of',
  'echo',
  'logprobs',
  'store',
  'modalities',
  'tools[].type',
])

function isMissing({ path }: Issue, value: unknown): boolean {
  const found = path.reduce<unknown>(
    (within, key) => (within as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  )
  return found === undefined
}

function unsupported(param: string): ParameterError {
  return new ParameterError(
    'sdk/unsupported-parameter',
    param,
    `Weft does not offer ${param}, or not with this value. Leave it out.`,
  )
}

/** e.g. `messages[0].content` */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`,
    )
    .join('')
}

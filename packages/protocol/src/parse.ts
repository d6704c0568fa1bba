/**
 * Validation of what comes from outside, in one sentence when it is wrong.
 * @module
 */
import type { z } from 'zod'
import { MalformedError } from './errors.ts'

const maxFactChars = 200

/** Validates plain data in wire form (JSON, a worker message). @throws MalformedError */
export function parse<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  wire: unknown,
): z.output<Schema> {
  const result = schema.safeParse(wire)
  if (!result.success) throw malformed(subject, result.error)
  return result.data
}

/** @param error - as zod found it */
export function malformed(subject: string, error: z.ZodError): MalformedError {
  const facts = error.issues
    .slice(0, 5)
    .map((issue) => cut(`${issue.path.join('.') || subject}: ${issue.message}`))
  return new MalformedError({ subject, facts, cause: error })
}

/** A stranger's text is quoted in part. */
export function cut(text: string): string {
  return text.length > maxFactChars ? `${text.slice(0, maxFactChars - 1)}…` : text
}

/**
 * Settings as typed, into those of a job. Loaded with the SDK: the schemas are no part of first paint.
 * @module
 */
import {
  type ContextOverflow,
  defaultSampling,
  type Grammar,
  limits,
  type Sampling,
  samplingSchema,
} from '@weft/protocol'
import type { GenerateRequest, Grade } from '@weft/sdk'
import type { AnswerSettings, SettingProblems } from './answer-settings.ts'

export type ParsedSettings = {
  /** With what is wrong left at its default; not to be sent while there are problems. */
  request: Required<Pick<GenerateRequest, 'sampling' | 'maxTokens' | 'overflow' | 'grade'>>
  /** Null when all can be used. */
  problems: SettingProblems | null
}

export function parseSettings(settings: AnswerSettings): ParsedSettings {
  const problems: SettingProblems = {}
  const sampling: Sampling = { ...defaultSampling }
  for (const name of ['temperature', 'topP', 'minP', 'repetitionPenalty'] as const) {
    const { success, data } = samplingSchema.shape[name].safeParse(toNumber(settings[name]))
    if (success) sampling[name] = data
    else problems[name] = `Expected ${numberRanges[name]}.`
  }
  const stop = samplingSchema.shape.stop.safeParse(toStops(settings.stop))
  if (stop.success) sampling.stop = stop.data
  else problems.stop = `At most ${limits.maxStops} texts of ${limits.maxStopChars} characters each.`

  const grammar = toGrammar(settings)
  if (typeof grammar === 'string') problems.schema = grammar
  else sampling.grammar = grammar

  const maxTokens = toNumber(settings.maxTokens)
  const isCount =
    Number.isInteger(maxTokens) && maxTokens >= 1 && maxTokens <= limits.maxOutputTokens
  if (!isCount) problems.maxTokens = `Expected ${numberRanges.maxTokens}.`

  const grade = toGrade(settings)
  if (!grade) problems.quorum = `Expected ${numberRanges.quorum}.`

  const overflow: ContextOverflow = settings.overflow === 'error' ? 'error' : 'slide'
  return {
    request: {
      sampling,
      maxTokens: isCount ? maxTokens : 1,
      overflow,
      grade: grade ?? 'sampled',
    },
    problems: Object.keys(problems).length > 0 ? problems : null,
  }
}

/** In words; the schema decides. */
const numberRanges = {
  temperature: 'a number from 0 to 2',
  topP: 'a number above 0, at most 1',
  minP: 'a number from 0 to 1',
  repetitionPenalty: 'a number from 0.5 to 2',
  quorum: 'a whole number from 2 to 5',
  maxTokens: `a whole number from 1 to ${limits.maxOutputTokens.toLocaleString('en')}`,
}

/** @returns null for a count of tabs that cannot be asked */
function toGrade({ grade, quorum }: AnswerSettings): Grade | null {
  if (grade === 'quorum') {
    const size = toNumber(quorum)
    return Number.isInteger(size) && size >= 2 && size <= 5 ? { quorum: size } : null
  }
  return grade === 'signed' || grade === 'always' ? grade : 'sampled'
}

const toNumber = (text: string) => (text.trim() === '' ? Number.NaN : Number(text))

function toStops(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replaceAll('\\n', '\n'))
  return lines.filter((line) => line !== '')
}

/** @returns the grammar, or what is wrong with the schema */
function toGrammar({ form, schema }: AnswerSettings): Grammar | string {
  if (form === 'json') return { type: 'json' }
  if (form !== 'json-schema') return { type: 'text' }
  if (schema.trim() === '') return 'Write a JSON Schema, e.g. {"type": "object"}.'
  if (schema.length > limits.maxGrammarChars) {
    return `The schema is too long: at most ${limits.maxGrammarChars.toLocaleString('en')} characters.`
  }
  try {
    const value: unknown = JSON.parse(schema)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { type: 'json-schema', schema }
    }
    return 'A JSON Schema is an object in braces.'
  } catch (error) {
    return `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}`
  }
}

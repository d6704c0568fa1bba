/**
 * A JSON Schema as the few shapes that a grammar can keep to. Everything else is refused by name.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { IntegerRange } from './digit-ranges.ts'

export type Schema =
  | { kind: 'any' | 'boolean' | 'null' }
  /** JSON texts. */
  | { kind: 'literals'; texts: string[] }
  /** Lengths in code points. */
  | { kind: 'string'; least: number; most: number | null }
  | { kind: 'integer' | 'number'; range: IntegerRange | null }
  | { kind: 'array'; items: Schema; least: number; most: number | null }
  | { kind: 'object'; properties: { name: string; value: Schema; isRequired: boolean }[] }
  /** Any keys. */
  | { kind: 'map'; values: Schema }
  | { kind: 'union'; options: Schema[] }
  | { kind: 'reference'; pointer: string }

export type SchemaDocument = {
  root: Schema
  /** @throws WeftError `engine/bad-grammar` when there is no such place */
  resolve(pointer: string): Schema
}

/** Bounds of what a stranger may make this device compile. */
const maxSchemas = 250
const maxDepth = 64
const maxItems = 256
const maxLength = 32
/** Of a whole schema: what takes long to compile, see decisions/0011. */
const budget = {
  characters: 64,
  items: 256,
  properties: 50,
  'lists of values': 24,
  'arrays and objects': 16,
  'numbers with bounds': 16,
}
const mostDigits = 999_999_999_999_999

/** They tell people something and constrain nothing. */
const annotations = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'format',
  'contentEncoding',
  'contentMediaType',
])

const keywordsOf: Record<string, string[]> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  null: [],
}

type Json = Record<string, unknown>

/** @throws WeftError `engine/bad-grammar` */
export function readSchema(text: string): SchemaDocument {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw badGrammar('It is not JSON.', cause)
  }
  let count = 0
  const left = { ...budget }

  function spend(what: keyof typeof budget, amount: number, path: string): void {
    left[what] -= amount
    if (left[what] >= 0) return
    throw badGrammar(`${path} is beyond the ${budget[what]} ${what} that a schema may count.`)
  }

  function read(value: unknown, path: string, depth: number): Schema {
    count += 1
    if (count > maxSchemas || depth > maxDepth) throw badGrammar('It is too large.')
    const deeper = (child: unknown, name: string) => read(child, `${path}/${name}`, depth + 1)
    const only = (schema: Json, allowed: string[]) => {
      for (const name of Object.keys(schema)) {
        if (allowed.includes(name) || annotations.has(name)) continue
        throw badGrammar(`${path} uses "${name}", which cannot be kept to here.`)
      }
    }
    if (value === true) return { kind: 'any' }
    if (!isObject(value)) throw badGrammar(`${path} is no schema that anything could match.`)
    if ('$ref' in value) {
      only(value, ['$ref'])
      return { kind: 'reference', pointer: String(value.$ref) }
    }
    if ('enum' in value || 'const' in value) {
      only(value, ['enum', 'const', 'type'])
      spend('lists of values', 1, path)
      return literals(value, path)
    }
    if ('anyOf' in value) {
      only(value, ['anyOf'])
      const options = list(value.anyOf, `${path}/anyOf`)
      return {
        kind: 'union',
        options: options.map((option, index) => deeper(option, `anyOf/${index}`)),
      }
    }
    const types = typesOf(value, path)
    only(value, ['type', ...types.flatMap((type) => keywordsOf[type] ?? [])])
    if (types.length === 0) return { kind: 'any' }
    const options = types.map((type): Schema => {
      switch (type) {
        case 'object':
          spend('arrays and objects', 1, path)
          spend('properties', Object.keys(value.properties ?? {}).length, path)
          return readObject(value, path, deeper)
        case 'array': {
          const of = bounds(value, { names: ['minItems', 'maxItems'], limit: maxItems }, path)
          spend('arrays and objects', 1, path)
          spend('items', of.most ?? of.least, path)
          return { kind: 'array', items: deeper(value.items ?? true, 'items'), ...of }
        }
        case 'string': {
          const of = bounds(value, { names: ['minLength', 'maxLength'], limit: maxLength }, path)
          spend('characters', of.most ?? of.least, path)
          return { kind: 'string', ...of }
        }
        case 'integer':
        case 'number': {
          const range = rangeOf(value, path)
          spend('numbers with bounds', range ? 1 : 0, path)
          return { kind: type, range }
        }
        default:
          return { kind: type as 'boolean' | 'null' }
      }
    })
    return options.length === 1 && options[0] ? options[0] : { kind: 'union', options }
  }

  return {
    root: read(document, '#', 0),
    resolve(pointer) {
      if (!pointer.startsWith('#')) throw badGrammar(`${pointer} lies outside of the schema.`)
      let place: unknown = document
      for (const part of pointer.slice(1).split('/').slice(1)) {
        const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
        place =
          isObject(place) || Array.isArray(place)
            ? Object.entries(place).find(([key]) => key === name)?.[1]
            : undefined
      }
      if (place === undefined) throw badGrammar(`There is no ${pointer}.`)
      return read(place, pointer, 0)
    },
  }
}

function readObject(
  value: Json,
  path: string,
  deeper: (child: unknown, name: string) => Schema,
): Schema {
  const { properties, additionalProperties: additional } = value
  const required = value.required === undefined ? [] : list(value.required, `${path}/required`, 0)
  if (properties === undefined && additional !== false) {
    if (required.length > 0)
      throw badGrammar(`${path} requires properties that it does not describe.`)
    return { kind: 'map', values: deeper(additional ?? true, 'additionalProperties') }
  }
  if (properties !== undefined && !isObject(properties))
    throw badGrammar(`${path}/properties is no object.`)
  const described = Object.entries(properties ?? {})
  const missing = required.find((name) => !described.some(([known]) => known === name))
  if (missing !== undefined)
    throw badGrammar(`${path} requires "${missing}" and does not describe it.`)
  return {
    kind: 'object',
    properties: described.map(([name, child]) => ({
      name,
      value: deeper(child, `properties/${name}`),
      isRequired: required.includes(name),
    })),
  }
}

function literals(value: Json, path: string): Schema {
  const types = typesOf(value, path)
  const values = 'const' in value ? [value.const] : list(value.enum, `${path}/enum`)
  const fits = (item: unknown) => types.length === 0 || types.some((type) => isOfType(item, type))
  const both = 'const' in value && 'enum' in value
  const texts = values.filter(fits).map((item) => JSON.stringify(item))
  if (texts.length === 0 || both) throw badGrammar(`${path} leaves no value.`)
  return { kind: 'literals', texts }
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

/** [] when any type will do. */
function typesOf(value: Json, path: string): string[] {
  const { type } = value
  if (type === undefined) {
    return Object.keys(keywordsOf)
      .filter((name) => keywordsOf[name]?.some((word) => word in value))
      .slice(0, 1)
  }
  const types = Array.isArray(type) ? type : [type]
  const unknown = types.find((name) => typeof name !== 'string' || !Object.hasOwn(keywordsOf, name))
  if (types.length === 0 || unknown !== undefined) {
    throw badGrammar(`${path} has a type that JSON does not know: ${JSON.stringify(type)}.`)
  }
  return types
}

type Bounds = { names: [least: string, most: string]; limit: number }

function bounds(value: Json, { names, limit }: Bounds, path: string) {
  const read = (name: string): number | null => {
    const bound = value[name]
    if (bound === undefined) return null
    if (typeof bound === 'number' && Number.isInteger(bound) && bound >= 0 && bound <= limit)
      return bound
    throw badGrammar(`${path}/${name} has to be an integer from 0 to ${limit}.`)
  }
  const least = read(names[0]) ?? 0
  const most = read(names[1])
  if (most !== null && most < least) throw badGrammar(`${path} leaves no value.`)
  return { least, most }
}

/** Integers only: of the fractions, those between two of them belong to it. */
function rangeOf(value: Json, path: string): IntegerRange | null {
  const bound = (name: string): number | null => {
    const limit = value[name]
    if (limit === undefined) return null
    if (typeof limit === 'number' && Math.abs(limit) <= mostDigits) return limit
    throw badGrammar(`${path}/${name} has to be a number of at most 15 digits.`)
  }
  const above = bound('exclusiveMinimum')
  const below = bound('exclusiveMaximum')
  const from = bound('minimum')
  const to = bound('maximum')
  if (above === null && below === null && from === null && to === null) return null
  const least = Math.max(
    from === null ? -mostDigits : Math.ceil(from),
    above === null ? -mostDigits : Math.floor(above) + 1,
  )
  const most = Math.min(
    to === null ? mostDigits : Math.floor(to),
    below === null ? mostDigits : Math.ceil(below) - 1,
  )
  if (least > most) throw badGrammar(`${path} leaves no whole number.`)
  // Without -0.
  return { least: least + 0, most: most + 0 }
}

function list(value: unknown, path: string, least = 1): unknown[] {
  if (!Array.isArray(value) || value.length < least)
    throw badGrammar(`${path} is no list of values.`)
  return value
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function badGrammar(fact: string, cause?: unknown): WeftError {
  return new WeftError(
    'engine/bad-grammar',
    'The form that was asked for cannot be kept to. Change its schema, or ask for plain JSON.',
    { facts: [fact], cause },
  )
}

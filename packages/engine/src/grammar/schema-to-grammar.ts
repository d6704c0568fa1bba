/**
 * JSON Schema to a grammar in XGrammar's EBNF whose every text is JSON that the schema accepts.
 *
 * Own instead of XGrammar's converter, whose version 0.1.27 writes what no JSON parser takes (control
 * characters under `maxLength`, any character for the point of a `minimum` of 0.5, quotes under a
 * `pattern`), ignores keywords that it does not know and aborts on errors.
 *
 * The grammar is narrower than the schema where that costs nothing: properties come in the order of
 * the schema and no others beside them, white space is one space or one line break and at
 * most 16 spaces, numbers have at most 15 digits, an enumerated value has one spelling. What cannot be kept
 * to is refused, never ignored. Annotations (`title`, `description`, `format`, ...) constrain nothing.
 *
 * https://json-schema.org/draft/2020-12/json-schema-validation
 * @module
 */
import { digitRanges } from './digit-ranges.ts'
import { badGrammar, readSchema, type Schema } from './read-schema.ts'

/**
 * Rules that every grammar may use. They recurse at their right end and hold what follows inside of them:
 * XGrammar knows beforehand which tokens fit inside a rule, and looks at those that cross the end of
 * one in every step anew.
 */
const character = '[^"\\\\\\x00-\\x1f\\x7f]'
/** Bounded, or small models write nothing else for ever. */
const ws = '("" | " " | "\\n" " "{0,16})'
const colon = '":" " "?'
const basics = `
escape ::= ["\\\\/bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F]
text ::= "\\"" | ${character} text | "\\\\" escape text
boolean ::= "true" | "false"
null ::= "null"
integer ::= "-"? ("0" | [1-9] [0-9]{0,14})
fraction ::= "." [0-9]{1,15}
number ::= "-"? ("0" | [1-9] [0-9]{0,14}) fraction? ([eE] [+-]? [0-9]{1,2})?
value ::= "{" ${ws} members | "[" ${ws} items | "\\"" text | number | boolean | null
members ::= "}" | "\\"" text ${colon} value moreMembers
moreMembers ::= ${ws} "}" | "," ${ws} "\\"" text ${colon} value moreMembers
items ::= "]" | value moreItems
moreItems ::= ${ws} "]" | "," ${ws} value moreItems
`

/** Any object or array. */
export const jsonGrammar = `root ::= "{" ${ws} members | "[" ${ws} items${basics}`

/**
 * @param text a JSON Schema as JSON
 * @returns EBNF with the rule `root`
 * @throws WeftError `engine/bad-grammar` that names the place and the reason
 */
export function schemaToGrammar(text: string): string {
  const document = readSchema(text)
  const rules: string[] = []
  const named = new Map<string, string>()

  const addRule = (body: string): string => {
    const name = `r${rules.length}`
    rules.push(`${name} ::= ${body}`)
    return name
  }

  /**
   * @param open references followed since the last character, which must not come again
   */
  function expression(schema: Schema, open: readonly string[]): string {
    switch (schema.kind) {
      case 'any':
        return 'value'
      case 'boolean':
      case 'null':
        return schema.kind
      case 'literals':
        return `(${schema.texts.map(quote).join(' | ')})`
      case 'string': {
        const { least, most } = schema
        if (least === 0 && most === null) return '("\\"" text)'
        return `("\\"" ${character}{${least},${most ?? ''}} "\\"")`
      }
      case 'integer':
        return schema.range ? `(${digitRanges(schema.range)})` : 'integer'
      case 'number':
        return schema.range ? `(${digitRanges(schema.range, true)})` : 'number'
      case 'array': {
        const { items, least, most } = schema
        if (most === 0) return `"[" ${ws} "]"`
        const item = addRule(expression(items, []))
        const more = `("," ${ws} ${item}){${Math.max(0, least - 1)},${most === null ? '' : most - 1}}`
        return `"[" ${ws} ${least === 0 ? `(${item} ${more} ${ws})?` : `${item} ${more} ${ws}`} "]"`
      }
      case 'map': {
        const pair = `"\\"" text ${colon} ${addRule(expression(schema.values, []))}`
        const more = `r${rules.length}`
        addRule(`${ws} "}" | "," ${ws} ${pair} ${more}`)
        return `("{" ${ws} ("}" | ${pair} ${more}))`
      }
      case 'object':
        return objectExpression(schema)
      case 'union':
        return `(${schema.options.map((option) => expression(option, open)).join(' | ')})`
      case 'reference': {
        const { pointer } = schema
        if (open.includes(pointer))
          throw badGrammar(`${pointer} refers to itself and to nothing else.`)
        const known = named.get(pointer)
        if (known) return known
        const name = `ref${named.size}`
        named.set(pointer, name)
        rules.push(`${name} ::= ${expression(document.resolve(pointer), [...open, pointer])}`)
        return name
      }
    }
  }

  /**
   * From the last property: what may come without a comma before it, and what may follow it. Each
   * property is written once, in a rule of its own, or every optional one would cost all behind it again.
   */
  function objectExpression({ properties }: Extract<Schema, { kind: 'object' }>): string {
    let next: string | null = null
    let rest = `(${ws} "}")`
    let mayEnd = true
    for (const { name, value, isRequired } of properties.toReversed()) {
      const pair = addRule(`${quote(JSON.stringify(name))} ${colon} ${expression(value, [])}`)
      const own = `${pair} ${rest}`
      next = addRule(isRequired || next === null ? own : `${own} | ${next}`)
      mayEnd &&= !isRequired
      rest = addRule(mayEnd ? `${ws} "}" | "," ${ws} ${next}` : `"," ${ws} ${next}`)
    }
    if (next === null) return `("{" ${ws} "}")`
    return `("{" ${ws} ${mayEnd ? `("}" | ${next})` : next})`
  }

  const root = expression(document.root, [])
  return `root ::= ${root}\n${rules.join('\n')}${basics}`
}

/** A text as an EBNF literal. */
function quote(text: string): string {
  return JSON.stringify(text)
}

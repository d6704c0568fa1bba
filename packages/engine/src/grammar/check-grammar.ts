/**
 * Whether a form can be kept to, for who asks for one: without a model, and before anything is sent.
 * @module
 */
import type { Grammar } from '@weft/protocol'
import { schemaToGrammar } from './schema-to-grammar.ts'

/** @throws WeftError `engine/bad-grammar` that names the place and the reason */
export function checkGrammar(grammar: Grammar): void {
  if (grammar.type === 'json-schema') schemaToGrammar(grammar.schema)
}

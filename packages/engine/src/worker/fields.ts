/**
 * Plain values out of `unknown`, for the border between two threads or tabs.
 * @module
 */
import { MalformedError, type WeftErrorData } from '@weft/protocol'
import type { BackendChoice } from '../engine.ts'
import type { FileList } from './messages.ts'

export type Fields = Record<string, unknown>

/** All of these: @throws MalformedError */
export function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw malformed('expected an object')
  return value as Fields
}

export function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed('expected a list')
  return value
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw malformed('expected a text')
  return value
}

export function number(value: unknown): number {
  if (typeof value !== 'number') throw malformed('expected a number')
  return value
}

/** Whole and not negative. */
export function integer(value: unknown): number {
  if (!Number.isSafeInteger(value) || number(value) < 0) throw malformed('expected a whole number')
  return number(value)
}

export function boolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw malformed('expected true or false')
  return value
}

export function oneOf<Value extends string>(allowed: readonly Value[], value: unknown): Value {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw malformed(`expected one of ${allowed.join(', ')}`)
  return found
}

export function floats(value: unknown): Float32Array {
  if (!(value instanceof Float32Array)) throw malformed('expected 32-bit floats')
  return value
}

export function backendChoice(value: unknown): BackendChoice {
  return oneOf(['auto', 'webgpu', 'wasm'], value)
}

export function fileList(value: unknown): FileList {
  return list(value).map((entry) => {
    const [path, bytes] = list(entry)
    if (!(bytes instanceof Uint8Array)) throw malformed('a file is no bytes')
    return [text(path), bytes]
  })
}

export function errorData(value: unknown): WeftErrorData {
  const { code, message, facts } = fields(value)
  return { code: text(code), message: text(message), facts: list(facts).map(text) }
}

export function malformed(fact: string): MalformedError {
  return new MalformedError({ subject: 'engine message', facts: [fact] })
}

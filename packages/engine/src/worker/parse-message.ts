/**
 * Checks at the worker's border, both ways. Nothing but these functions turns `unknown` into a message.
 * @module
 */
import {
  bytesSchema,
  deltaSchema,
  engineInfoSchema,
  finishReasonSchema,
  MalformedError,
  manifestSchema,
  messageSchema,
  parse,
  samplingSchema,
  type WeftErrorData,
} from '@weft/protocol'
import type {
  BackendChoice,
  GenerateInit,
  GeneratePart,
  LoadResult,
  LoadStage,
  SelfTestReport,
  SpeedReport,
} from '../engine.ts'
import type { Calls, CallType, LoadMessage, Request, Response } from './messages.ts'

type Fields = Record<string, unknown>

const backends: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm']
const stages: readonly LoadStage[] = ['runtime', 'graph', 'warm-up', 'self-test']

/** @throws MalformedError */
export function parseRequest(data: unknown): Request {
  const message = fields(data)
  const id = integer(message.id)
  switch (message.type) {
    case 'load':
      return { type: 'load', id, in: loadMessage(fields(message.in)) }
    case 'count':
      return { type: 'count', id, in: { messages: messages(fields(message.in).messages) } }
    case 'measure':
      return { type: 'measure', id, in: {} }
    case 'generate':
      return { type: 'generate', id, in: generateInit(fields(message.in)) }
    case 'credit':
    case 'stop':
      return { type: message.type, id }
    default:
      throw malformed('unknown type')
  }
}

/** @throws MalformedError; what is inside `done` is checked by `parseResult` */
export function parseResponse(
  data: unknown,
): Exclude<Response, { type: 'done' }> | { type: 'done'; id: number; out: unknown } {
  const message = fields(data)
  const id = integer(message.id)
  switch (message.type) {
    case 'stage':
      return { type: 'stage', id, out: oneOf(stages, message.out) }
    case 'part':
      return { type: 'part', id, out: generatePart(fields(message.out)) }
    case 'done':
      return { type: 'done', id, out: message.out }
    case 'error':
      return { type: 'error', id, out: errorData(fields(message.out)) }
    default:
      throw malformed('unknown type')
  }
}

/** What each call answers. @throws MalformedError */
export const parseResult: { [Type in CallType]: (out: unknown) => Calls[Type]['out'] } = {
  load(out): LoadResult {
    const { engine, selfTest, fallbackReason } = fields(out)
    return {
      engine: parse('engine', engineInfoSchema, engine),
      selfTest: selfTestReport(fields(selfTest)),
      fallbackReason: fallbackReason === null ? null : text(fallbackReason),
    }
  },
  count: integer,
  measure(out): SpeedReport {
    const { prefillTokensPerSecond, decodeTokensPerSecond } = fields(out)
    return {
      prefillTokensPerSecond: number(prefillTokensPerSecond),
      decodeTokensPerSecond: number(decodeTokensPerSecond),
    }
  },
}

function loadMessage({ manifest, files, backend, threads }: Fields): LoadMessage {
  return {
    manifest: parse('manifest', manifestSchema, manifest),
    files: list(files).map((entry) => {
      const [path, bytes] = list(entry)
      if (!(bytes instanceof Uint8Array)) throw malformed('a file is no bytes')
      return [text(path), bytes]
    }),
    backend: oneOf(backends, backend),
    threads: threads === null ? null : Math.max(1, integer(threads)),
  }
}

function generateInit(init: Fields): GenerateInit {
  return {
    messages: messages(init.messages),
    sampling: parse('sampling', samplingSchema, init.sampling),
    seed: parse('seed', bytesSchema(32), init.seed),
    maxTokens: Math.max(1, integer(init.maxTokens)),
  }
}

function generatePart(part: Fields): GeneratePart {
  switch (part.type) {
    case 'prefill-end': {
      const { type, inputTokens, prefillMs } = part
      return { type, inputTokens: integer(inputTokens), prefillMs: number(prefillMs) }
    }
    case 'delta': {
      const { type, ...delta } = part
      return { type, ...parse('delta', deltaSchema, delta) }
    }
    case 'end': {
      const { type, finishReason, outputTokens, decodeMs } = part
      return {
        type,
        finishReason: parse('finish reason', finishReasonSchema, finishReason),
        outputTokens: integer(outputTokens),
        decodeMs: number(decodeMs),
      }
    }
    default:
      throw malformed('unknown part')
  }
}

function selfTestReport(report: Fields): SelfTestReport {
  if (typeof report.passed !== 'boolean') throw malformed('no result of the self-test')
  return {
    passed: report.passed,
    maxLogitDifference: number(report.maxLogitDifference),
    matchingTokens: integer(report.matchingTokens),
    expectedTokens: integer(report.expectedTokens),
  }
}

function errorData({ code, message, facts }: Fields): WeftErrorData {
  return { code: text(code), message: text(message), facts: list(facts).map(text) }
}

function messages(value: unknown): GenerateInit['messages'][number][] {
  return list(value).map((message) => parse('message', messageSchema, message))
}

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw malformed('expected an object')
  return value as Fields
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed('expected a list')
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw malformed('expected a text')
  return value
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw malformed('expected a number')
  return value
}

/** Whole and not negative. */
function integer(value: unknown): number {
  if (!Number.isSafeInteger(value) || number(value) < 0) throw malformed('expected a whole number')
  return number(value)
}

function oneOf<Value extends string>(allowed: readonly Value[], value: unknown): Value {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw malformed(`expected one of ${allowed.join(', ')}`)
  return found
}

function malformed(fact: string): MalformedError {
  return new MalformedError({ subject: 'worker message', facts: [fact] })
}

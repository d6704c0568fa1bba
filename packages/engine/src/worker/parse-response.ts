/**
 * What comes back from the computing side. Nothing but these turn `unknown` into a response.
 * @module
 */
import { deltaSchema, engineInfoSchema, finishReasonSchema, parse } from '@weft/protocol'
import type {
  Capabilities,
  Choices,
  Embeddings,
  GeneratePart,
  LoadResult,
  LoadStage,
  MemoryReport,
  PromptMeasure,
  Score,
  SelfTestReport,
  SpeedReport,
} from '../engine.ts'
import {
  boolean,
  errorData,
  type Fields,
  fields,
  floats,
  integer,
  list,
  malformed,
  number,
  oneOf,
  text,
} from './fields.ts'
import type { Calls, CallType, Response } from './messages.ts'

const stages: readonly LoadStage[] = ['runtime', 'graph', 'warm-up', 'self-test']
const kvCaches: readonly Capabilities['kvCache'][] = ['static', 'growing']

/** @throws MalformedError; what is inside `done` is checked by `parseResult` */
export function parseResponse(
  data: unknown,
): Exclude<Response, { type: 'done' }> | { type: 'done'; id: number; out: unknown } {
  const message = fields(data)
  const id = integer(message.id)
  switch (message.type) {
    case 'stage':
      return { type: 'stage', id, out: oneOf(stages, message.out) }
    case 'open-files':
      return { type: 'open-files', id }
    case 'part':
      return { type: 'part', id, out: generatePart(fields(message.out)) }
    case 'done':
      return { type: 'done', id, out: message.out }
    case 'error':
      return { type: 'error', id, out: errorData(message.out) }
    default:
      throw malformed('unknown type')
  }
}

/** What each call answers. @throws MalformedError */
export const parseResult: { [Type in CallType]: (out: unknown) => Calls[Type]['out'] } = {
  load(out): LoadResult {
    const { engine, selfTest, fallbackReason, capabilities } = fields(out)
    return {
      engine: parse('engine', engineInfoSchema, engine),
      selfTest: selfTestReport(fields(selfTest)),
      fallbackReason: fallbackReason === null ? null : text(fallbackReason),
      capabilities: capabilitiesOf(fields(capabilities)),
    }
  },
  'measure-prompt'(out): PromptMeasure {
    const { inputTokens, droppedMessages } = fields(out)
    return { inputTokens: integer(inputTokens), droppedMessages: integer(droppedMessages) }
  },
  score: (out) => list(out).map((entry) => score(fields(entry))),
  embed(out): Embeddings {
    const { vectors, inputTokens } = fields(out)
    return { vectors: list(vectors).map(floats), inputTokens: integer(inputTokens) }
  },
  measure(out): SpeedReport {
    const { prefillTokensPerSecond, decodeTokensPerSecond } = fields(out)
    return {
      prefillTokensPerSecond: number(prefillTokensPerSecond),
      decodeTokensPerSecond: number(decodeTokensPerSecond),
    }
  },
  memory(out): MemoryReport {
    const { runningJobs, kvBytes, prefixBytes, maxPrefixBytes } = fields(out)
    return {
      runningJobs: integer(runningJobs),
      kvBytes: integer(kvBytes),
      prefixBytes: integer(prefixBytes),
      maxPrefixBytes: integer(maxPrefixBytes),
    }
  },
}

function generatePart(part: Fields): GeneratePart {
  switch (part.type) {
    case 'prefill-end':
      return {
        type: part.type,
        inputTokens: integer(part.inputTokens),
        cachedTokens: integer(part.cachedTokens),
        droppedMessages: integer(part.droppedMessages),
        prefillMs: number(part.prefillMs),
      }
    case 'delta': {
      const { type, hiddenStates, ...delta } = part
      const shown = hiddenStates === undefined ? {} : { hiddenStates: floats(hiddenStates) }
      return { type, ...parse('delta', deltaSchema, delta), ...shown }
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
  return {
    passed: boolean(report.passed),
    maxLogitDifference: number(report.maxLogitDifference),
    matchingTokens: integer(report.matchingTokens),
    expectedTokens: integer(report.expectedTokens),
  }
}

function capabilitiesOf({ batchSize, contextTokens, kvCache }: Fields): Capabilities {
  return {
    batchSize: integer(batchSize),
    contextTokens: integer(contextTokens),
    kvCache: oneOf(kvCaches, kvCache),
  }
}

function score(scored: Fields): Score {
  const { inputTokens, topTokens, topLogits, answerLogits, hiddenStates, choices } = scored
  return {
    inputTokens: integer(inputTokens),
    topTokens: tokenIds(topTokens),
    topLogits: floats(topLogits),
    answerLogits: floats(answerLogits),
    hiddenStates: hiddenStates === null ? null : floats(hiddenStates),
    choices: choices === null ? null : choicesOf(fields(choices)),
  }
}

function choicesOf({ margins, chosen }: Fields): Choices {
  if (!(margins instanceof Float64Array)) throw malformed('expected 64-bit floats')
  return { margins, chosen: tokenIds(chosen) }
}

function tokenIds(value: unknown): Uint32Array {
  if (!(value instanceof Uint32Array)) throw malformed('expected token ids')
  return value
}

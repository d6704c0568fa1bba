/**
 * What an error is called in OpenAI's world: the one table, for whoever answers by HTTP and for those who
 * decide by `status`.
 * https://platform.openai.com/docs/guides/error-codes
 * @module
 */
import { WeftError } from '@weft/protocol'

/** As in the body of OpenAI's errors, `{ error: { message, type, code, param } }`. */
export type ApiError = {
  /** Of HTTP, 400 to 599; 499 where the caller has left. */
  status: number
  type: ApiErrorType
  /** OpenAI's word where it has one (`model_not_found`), else ours (`sdk/no-nodes`). */
  code: string
  /** The parameter that is wrong, as `messages[0].content`; null for all else. */
  param: string | null
  message: string
  /** Ours, always: what programs decide by. */
  weftCode: string
}

export type ApiErrorType =
  | 'invalid_request_error'
  | 'insufficient_quota'
  | 'server_error'
  | 'cancelled'

/** A request that says something wrong, or asks for what Weft has not. */
export class ParameterError extends WeftError {
  readonly param: string

  /**
   * @param code - `sdk/bad-parameter` or `sdk/unsupported-parameter`
   * @param param - its path in the request
   */
  constructor(code: `sdk/${string}`, param: string, message: string) {
    super(code, message, { facts: [`Parameter: ${param}`, 'Nothing was sent or charged.'] })
    this.param = param
  }
}

/** @param what - that is wrong with it, as `is missing` */
export function badParameter(param: string, what: string): ParameterError {
  return new ParameterError('sdk/bad-parameter', param, `The parameter ${param || 'list'} ${what}.`)
}

type Row = readonly [status: number, type: ApiErrorType, codes: readonly string[]]

/** The first row that names a code, or its room, says it; what no row names is our own fault. */
const rows: readonly Row[] = [
  [499, 'cancelled', ['protocol/cancelled']],
  [404, 'invalid_request_error', ['sdk/unknown-model', 'sdk/no-speech']],
  [413, 'invalid_request_error', ['protocol/too-large']],
  [
    400,
    'invalid_request_error',
    [
      'sdk/bad-parameter',
      'sdk/unsupported-parameter',
      'sdk/bad-grade',
      'sdk/wrong-task',
      'protocol/empty-prompt',
      'engine/prompt-too-long',
      'engine/short-context',
      'engine/bad-grammar',
      'engine/bad-grammar-token',
      'engine/bad-sampling',
      'engine/chat-template',
      'engine/bad-audio',
      'engine/bad-feeds',
      'engine/bad-fetches',
      'engine/empty-text',
      'engine/unsupported',
    ],
  ],
  [402, 'insufficient_quota', ['sdk/too-dear', 'sdk/payment-needed', 'payments/unpaid']],
  [
    402,
    'insufficient_quota',
    [
      'payments/no-funds',
      'payments/funds-ended',
      'payments/cap-used',
      'payments/over-cap',
      'payments/key-expired',
      'payments/grant',
    ],
  ],
  [
    503,
    'server_error',
    [
      'sdk/no-nodes',
      'sdk/only-false',
      'sdk/none-registered',
      'sdk/busy',
      'sdk/engine-busy',
      'sdk/no-verifiers',
      'sdk/paused',
      'network/busy',
      'network/offline',
      'storage/server-busy',
      'storage/no-tabs',
      'engine/held-elsewhere',
    ],
  ],
  [504, 'server_error', ['network/timeout', 'network/silent', 'network/stalled', 'network/late']],
  [502, 'server_error', ['network/*', 'protocol/*', 'sdk/answer-changed']],
]

/** OpenAI's own words: programs that were written for it look for these. */
const words: Record<string, string> = {
  'sdk/unknown-model': 'model_not_found',
  'sdk/bad-parameter': 'invalid_value',
  'sdk/unsupported-parameter': 'unsupported_parameter',
  'engine/prompt-too-long': 'context_length_exceeded',
  'engine/short-context': 'context_length_exceeded',
  'sdk/too-dear': 'insufficient_quota',
  'payments/no-funds': 'insufficient_quota',
  'payments/funds-ended': 'insufficient_quota',
  'payments/cap-used': 'insufficient_quota',
}

/**
 * @param error - whatever was thrown; of what is not a WeftError nothing is told
 * @example `const { status, type, code, param, message } = toApiError(error)`
 */
export function toApiError(error: unknown): ApiError {
  const known = WeftError.is(error)
    ? error
    : new WeftError('sdk/unexpected', 'Something went wrong here. Nothing more is known.')
  const { code, message } = reasonOf(known)
  const room = `${code.split('/')[0]}/*`
  const row = rows.find(([, , codes]) => codes.includes(code) || codes.includes(room))
  const [status, type] = row ?? [500, 'server_error']
  const param = 'param' in known && typeof known.param === 'string' ? known.param : null
  return { status, type, code: words[code] ?? code, param, message, weftCode: code }
}

/** A node's refusal is told as what the node said. */
function reasonOf(error: WeftError): WeftError {
  return error.code === 'network/refused' && WeftError.is(error.cause) ? error.cause : error
}

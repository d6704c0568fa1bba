/**
 * Errors as OpenAI's clients expect them: a status, `{ error: { message, type, code, param } }`, and whether to try
 * again.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { toApiError } from '@weft/sdk'

type Header = [name: string, value: string]

export type ApiFailure = {
  status: number
  body: {
    error: {
      message: string
      type: string
      code: string
      param: string | null
      /** Of what was made before it failed. */
      usage?: Usage
    }
  }
  headers: Header[]
}

/** Tokens, and what nodes are owed for them. */
type Usage = {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  cost_wei: string
}

/** What the gateway itself refuses, before anybody is asked. */
export class Refusal extends WeftError {
  readonly failure: ApiFailure

  constructor(
    code: `gateway/${string}`,
    message: string,
    {
      status,
      type = 'invalid_request_error',
      word = code,
      headers = [],
    }: {
      status: number
      type?: string
      /** OpenAI's word for it, where it has one. */
      word?: string
      headers?: Header[]
    },
  ) {
    super(code, message)
    this.failure = {
      status,
      body: { error: { message, type, code: word, param: null } },
      headers,
    }
  }
}

/** The official client tries 408, 409, 429 and 5xx again unless told otherwise. */
export const noRetry: Header = ['x-should-retry', 'false']

/** @returns headers that say when to try again; both spellings, the official client reads the first */
export function retryAfter(ms: number): Header[] {
  return [
    ['retry-after-ms', `${Math.ceil(ms)}`],
    ['retry-after', `${Math.ceil(ms / 1000)}`],
  ]
}

/** Money of the gateway's own that it lacks: nothing that who asks could pay. */
const isOurMoney = (weftCode: string) =>
  weftCode.startsWith('payments/') || ['sdk/too-dear', 'sdk/payment-needed'].includes(weftCode)

/** @param isCharged - money was taken for it: whoever tries again pays again */
export function toFailure(error: unknown, { isCharged = false } = {}): ApiFailure {
  if (error instanceof Refusal) return error.failure
  const { status, type, code, param, message, weftCode } = toApiError(error)
  const headers = isCharged ? [noRetry] : []
  if (isOurMoney(weftCode)) {
    const told = 'The gateway found no node that it can pay. It is not your money that is missing.'
    const body = { message: told, type: 'server_error', code: 'gateway/cannot-pay', param: null }
    return { status: 503, body: { error: body }, headers: [noRetry] }
  }
  return { status, body: { error: { message, type, code, param } }, headers }
}

type Used = { inputTokens: number; outputTokens: number; costWei: bigint }

/** Says what was used before it failed. */
export function withUsage(
  { status, body, headers }: ApiFailure,
  { inputTokens, outputTokens, costWei }: Used,
): ApiFailure {
  const usage: Usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    cost_wei: `${costWei}`,
  }
  return { status, body: { error: { ...body.error, usage } }, headers }
}

export function withHeaders(failure: ApiFailure, headers: readonly Header[]): ApiFailure {
  return { ...failure, headers: [...failure.headers, ...headers] }
}

export function failureResponse({ status, body, headers }: ApiFailure): Response {
  return Response.json(body, { status, headers })
}

/**
 * Errors as the AI SDK decides by: it tries again what is retryable.
 * @module
 */
import { APICallError } from '@ai-sdk/provider'
import { toApiError } from '../openai/api-error.ts'

/** Capacity comes back; what cost money or was wrong is not tried again by itself. */
const retryable = [503, 504]

/** @throws APICallError with the WeftError as its cause; an abort as what `fetch` throws */
export function toCallError(error: unknown): never {
  const { status, message, code, type, param } = toApiError(error)
  if (status === 499) throw new DOMException(message, 'AbortError')
  throw new APICallError({
    message,
    url: 'weft:chat',
    requestBodyValues: {},
    statusCode: status,
    data: { error: { message, type, code, param } },
    isRetryable: retryable.includes(status),
    cause: error,
  })
}

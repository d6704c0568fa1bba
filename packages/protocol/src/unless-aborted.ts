/**
 * A wait that its signal ends.
 * @module
 */
import { CancelledError } from './errors.ts'

/** @throws CancelledError as soon as the signal is aborted; `subject` begins its sentence */
export async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
  subject: string,
): Promise<Result> {
  if (!signal) return work
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(new CancelledError({ subject, cause: signal.reason }))
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    return await Promise.race([aborted.promise, work])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

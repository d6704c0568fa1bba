/**
 * A wait for the engine that its signal ends.
 * @module
 */
import { CancelledError } from '@weft/protocol'

/** @throws CancelledError as soon as the signal is aborted */
export function untilAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (!signal) return promise
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(new CancelledError({ subject: 'Preparing the model' }))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([promise, aborted.promise]).finally(() =>
    signal.removeEventListener('abort', onAbort),
  )
}

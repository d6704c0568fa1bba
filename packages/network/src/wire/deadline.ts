/**
 * Waits that always end: by their result, by a deadline, or by the caller's signal.
 * @module
 */
import { CancelledError, WeftError } from '@weft/protocol'

export type DeadlineOptions = {
  /** What is waited for, in words, as the start of a sentence. */
  subject: string
  /** Milliseconds from the beginning; asked again at each end where what is known of the line may grow. */
  ms: number | (() => number)
  signal?: AbortSignal | undefined
}

/**
 * Runs `run` with a signal that aborts at the deadline or with the caller's signal, and returns then
 * even if `run` ignores it.
 * @throws WeftError `network/timeout`
 * @throws CancelledError when the caller's signal aborts
 */
export async function withDeadline<T>(
  run: (signal: AbortSignal) => Promise<T>,
  { subject, ms, signal }: DeadlineOptions,
): Promise<T> {
  if (signal?.aborted) throw new CancelledError({ subject, cause: signal.reason })
  const controller = new AbortController()
  const beganMs = performance.now()
  const limitMs = typeof ms === 'number' ? () => ms : ms
  const look = () => {
    const leftMs = beganMs + limitMs() - performance.now()
    if (leftMs > 0) timer = setTimeout(look, leftMs)
    else controller.abort(new TimeoutError({ subject, ms: limitMs() }))
  }
  const cancel = () => controller.abort(new CancelledError({ subject, cause: signal?.reason }))
  let timer = setTimeout(look, limitMs())
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    const aborted = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
    })
    return await Promise.race([run(controller.signal), aborted])
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}

class TimeoutError extends WeftError {
  constructor({ subject, ms }: { subject: string; ms: number }) {
    super('network/timeout', `${subject} took longer than ${Math.round(ms) / 1000} s.`)
  }
}

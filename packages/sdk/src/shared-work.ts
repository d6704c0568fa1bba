/**
 * Work that several wait for, each as long as it likes.
 * @module
 */
import { unlessAborted } from '@weft/protocol'

export type SharedWork = {
  /** Settles when the work has ended, however it did; never rejects. */
  readonly ended: Promise<void>
  /** Whether nobody waited for it any more, so that it was cancelled. */
  isGivenUp(): boolean
  /** @throws what the work throws; CancelledError as soon as the signal is aborted */
  join(signal: AbortSignal | undefined): Promise<void>
}

export function shareWork(work: (signal: AbortSignal) => Promise<void>): SharedWork {
  const controller = new AbortController()
  const done = work(controller.signal)
  let waiters = 0
  return {
    ended: done.catch(() => {}), // Each waiter hears of a failure.
    isGivenUp: () => controller.signal.aborted,
    async join(signal) {
      waiters += 1
      try {
        await unlessAborted(done, signal, 'Preparing the model')
      } finally {
        waiters -= 1
        if (waiters === 0) controller.abort()
      }
    },
  }
}

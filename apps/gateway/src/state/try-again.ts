/**
 * What shared state did not take, since it was away for a while.
 * @module
 */
import { pause } from '@weft/protocol'

const firstMs = 250
const mostMs = 5_000

export type TryAgainInit = {
  /** By `Date.now()`: then it is tried once more. */
  endsMs: number
  /** Aborted, it is tried at once, and once more. */
  signal: AbortSignal
}

/** @throws the last failure */
export async function tryAgain(
  action: () => Promise<void>,
  { endsMs, signal }: TryAgainInit,
): Promise<void> {
  for (let waitMs = firstMs; ; waitMs = Math.min(2 * waitMs, mostMs)) {
    const isLast = signal.aborted || Date.now() + waitMs >= endsMs
    if (!isLast) await pause(waitMs, signal)
    try {
      return await action()
    } catch (error) {
      if (isLast) throw error
    }
  }
}

/**
 * What is done again and again while a tab has a court.
 * @module
 */
import { pause } from '@weft/protocol'

/** Does it at once, and again so long after each end, until the signal. @param work - never rejects */
export async function repeat(
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work()
    await pause(everyMs, signal)
  }
}

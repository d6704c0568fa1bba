/**
 * Waits for what others do, for stages that run in tests and in benchmarks.
 * @module
 */
import { pause } from '@weft/protocol'

/** @throws Error when it does not come true in time */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  what: string,
  { withinMs = 10_000, everyMs = 20 } = {},
): Promise<void> {
  const endMs = Date.now() + withinMs
  while (!(await isTrue())) {
    if (Date.now() > endMs) throw new Error(`Not within ${withinMs} ms: ${what}.`)
    await pause(everyMs)
  }
}

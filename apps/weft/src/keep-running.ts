/**
 * Starts something again that ended by itself, until it has failed too often in a row.
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises'

export type Kept = { stop(): Promise<void> }

export type KeepInit<Running extends Kept> = {
  /** `onLost` tells, once, that it ended by itself after it had started; `signal`, that it is to end. */
  begin(life: { onLost: () => void; signal: AbortSignal }): Promise<Running>
  /** Before each try in a row. Behind the last one it gives up. */
  pausesMs: readonly number[]
  /** What ran this long was well: its loss is the first of a row. */
  steadyMs: number
  /** Aborts when everything is being stopped. */
  stopping: AbortSignal
  /** It was lost and is started again. */
  onRestart(): void
  onGivenUp(reason: unknown): void
}

/** @returns what was started first, and what ends it or the one that is in its place. @throws as `begin` at its first try */
export async function keepRunning<Running extends Kept>(
  init: KeepInit<Running>,
): Promise<{ first: Running; stop(): Promise<void> }> {
  const closing = new AbortController()
  const signal = AbortSignal.any([init.stopping, closing.signal])
  let restarting = Promise.resolve()
  let failures = 0
  let current: Running

  async function begin(): Promise<Running> {
    const lost = Promise.withResolvers<void>()
    current = await init.begin({ onLost: lost.resolve, signal })
    const startedMs = performance.now()
    lost.promise.then(() => {
      if (performance.now() - startedMs >= init.steadyMs) failures = 0
      restarting = restart()
    })
    return current
  }

  async function restart(): Promise<void> {
    let reason: unknown
    for (let isFirst = true; ; isFirst = false) {
      const pauseMs = init.pausesMs[failures]
      failures += 1
      // Ctrl-C in a terminal ends it too, and is not told here before.
      await pause(pauseMs ?? 0, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      if (pauseMs === undefined) return init.onGivenUp(reason)
      if (isFirst) init.onRestart()
      try {
        await begin()
        return
      } catch (error) {
        reason = error
      }
    }
  }

  const first = await begin()
  return {
    first,
    async stop() {
      closing.abort()
      await restarting
      await current.stop()
    },
  }
}

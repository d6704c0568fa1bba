/**
 * Watches the device for the owner's rules and says when a contributor is paused.
 * @module
 */
import { type Cell, createCell, type WritableCell } from '../cell.ts'
import type { DecodePace } from './decode-pace.ts'
import { type SignSource, watchDevice } from './device-signs.ts'
import { decidePause, type Pause, type PausePolicy, parsePolicy } from './pause-policy.ts'
import { watchPressure } from './pressure.ts'

export type PauseWatchInit = {
  source: SignSource
  pace: DecodePace
  /** The policy of an earlier visit, as it was kept. */
  kept?: unknown
  now?: () => number
}

export interface PauseWatch {
  readonly policy: Cell<PausePolicy>
  /** Null: it may serve. */
  readonly pause: Cell<Pause | null>
  /**
   * Null: it may give chunks, which a person ends by hand where they are shared, and which hardly works
   * the device: what counts is hours, battery and line.
   */
  readonly givingPause: Cell<Pause | null>
  /** Takes effect at once. */
  setPolicy(policy: PausePolicy): void
  /** Resolves when the device has told what it tells. */
  readonly ready: Promise<void>
  close(): void
}

/** Between looks at the clock and at our own speed; battery and line tell by themselves. */
const lookMs = 5_000
/** Whoever works the device is given so long, and then some more if it is still busy. */
const busyPauseMs = 5 * 60_000
/** Behind our own work, until what the browser says of the processor is about others. */
const restMs = 5_000

export function createPauseWatch({
  source,
  pace,
  kept,
  now = Date.now,
}: PauseWatchInit): PauseWatch {
  const policy = createCell(parsePolicy(kept))
  const pause = createCell<Pause | null>(null)
  const givingPause = createCell<Pause | null>(null)
  const device = watchDevice(source, look)
  const timer = setInterval(look, lookMs)
  let busyUntilMs: number | null = null
  let stopPressure: (() => void) | undefined

  function look(): void {
    const nowMs = now()
    if (pace.isSlow(nowMs)) markBusy()
    const situation = { nowMs, busyUntilMs, ...device.signs() }
    const rules = policy.get()
    renew(pause, decidePause(rules, situation))
    renew(givingPause, decidePause({ ...rules, untilMs: null, busyDevice: false }, situation))
  }

  function markBusy(): void {
    // Of a rule that is switched on later, only what is seen from then on counts.
    if (!policy.get().busyDevice) return
    busyUntilMs = now() + busyPauseMs
    pace.forget()
  }

  function followPressure(isOn: boolean): void {
    if (isOn === (stopPressure !== undefined)) return
    stopPressure?.()
    stopPressure = isOn
      ? watchPressure({
          isResting: () => now() - (pace.lastStepMs ?? 0) > restMs,
          onBusy() {
            markBusy()
            look()
          },
        })
      : undefined
  }

  followPressure(policy.get().busyDevice)
  look()

  return {
    policy,
    pause,
    givingPause,
    setPolicy(next) {
      if (!next.busyDevice) busyUntilMs = null
      policy.set(next)
      followPressure(next.busyDevice)
      look()
    },
    ready: device.ready,
    close() {
      clearInterval(timer)
      device.stop()
      followPressure(false)
    },
  }
}

function renew(cell: WritableCell<Pause | null>, next: Pause | null): void {
  const now = cell.get()
  if (next?.sentence !== now?.sentence || next?.untilMs !== now?.untilMs) cell.set(next)
}

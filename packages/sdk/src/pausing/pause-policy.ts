/**
 * When a contributor's tab takes no jobs: the owner's rules, what is known of the device, and what
 * follows from both. Nothing here listens or waits.
 * @module
 */
import { z } from 'zod'
import { hoursSchema, nextOpening } from './hours.ts'

const pausePolicySchema = z.object({
  /** On battery: serve on, pause below `batteryPercent`, or pause at once. */
  battery: z.enum(['serve', 'low', 'pause']),
  /** Of a full battery, 1 to 99. */
  batteryPercent: z.int().min(1).max(99),
  /** Pause on a line that is paid by volume, or where the person asked the browser to save data. */
  meteredLine: z.boolean(),
  /** Pause while somebody else needs the device. */
  busyDevice: z.boolean(),
  /** Null: at all hours. */
  hours: hoursSchema.nullable(),
  /** Paused by hand until then, milliseconds of the clock; null: not. */
  untilMs: z.number().nullable(),
})

export type PausePolicy = z.infer<typeof pausePolicySchema>

export const initialPolicy: PausePolicy = {
  battery: 'low',
  batteryPercent: 30,
  meteredLine: true,
  busyDevice: false,
  hours: null,
  untilMs: null,
}

/** What was kept of an earlier visit; each rule that is not valid, or that was not known then, is as at first. */
export function parsePolicy(stored: unknown): PausePolicy {
  const kept = typeof stored === 'object' && stored !== null ? stored : {}
  const fields = Object.entries(pausePolicySchema.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse((kept as Record<string, unknown>)[name])
    return parsed.success ? [[name, parsed.data]] : []
  })
  return { ...initialPolicy, ...Object.fromEntries(fields) }
}

/** Null where the browser does not tell. */
export type DeviceSigns = {
  battery: { isCharging: boolean /** 0 to 1 */; level: number } | null
  line: { isMetered: boolean } | null
}

export type Situation = DeviceSigns & {
  nowMs: number
  /** Somebody else needs the device, at least until then. */
  busyUntilMs: number | null
}

type PauseReason =
  | 'by-hand'
  | 'hours'
  | 'battery'
  | 'line'
  | 'busy'
  /** No other tab computes the other layers of the model. */
  | 'parts'
  /** No room for more texts. */
  | 'memory'

export type Pause = {
  reason: PauseReason
  /** Why, for the person. */
  sentence: string
  /** When it ends at the latest, milliseconds of the clock; null: when what it waits for happens. */
  untilMs: number | null
}

/** @returns the first rule that holds: what the person did last by hand, then what lasts longest */
export function decidePause(policy: PausePolicy, situation: Situation): Pause | null {
  const { nowMs, battery, line, busyUntilMs } = situation
  if (policy.untilMs !== null && policy.untilMs > nowMs) {
    return { reason: 'by-hand', sentence: 'Paused by you.', untilMs: policy.untilMs }
  }
  const opensMs = policy.hours && nextOpening(policy.hours, nowMs)
  if (policy.hours && opensMs !== nowMs) {
    const sentence =
      opensMs === null ? 'Paused: your hours have no day.' : 'Paused outside of your hours.'
    return { reason: 'hours', sentence, untilMs: opensMs }
  }
  if (battery && !battery.isCharging && isTooLow(policy, battery.level)) {
    const percent = `${Math.round(battery.level * 100)} %`
    const sentence = `Paused on battery (${percent}), until it is plugged in.`
    return { reason: 'battery', sentence, untilMs: null }
  }
  if (line?.isMetered && policy.meteredLine) {
    const sentence = 'Paused on a metered line, until there is another one.'
    return { reason: 'line', sentence, untilMs: null }
  }
  if (policy.busyDevice && busyUntilMs !== null && busyUntilMs > nowMs) {
    const sentence = 'Paused because something else needs this device.'
    return { reason: 'busy', sentence, untilMs: busyUntilMs }
  }
  return null
}

function isTooLow({ battery, batteryPercent }: PausePolicy, level: number): boolean {
  return battery === 'pause' || (battery === 'low' && level * 100 < batteryPercent)
}

/**
 * The rules of a pause in words, and as the choices of a form.
 * @module
 */
import type { Hours, Pause, PausePolicy } from '@weft/sdk'

const dayMs = 24 * 60 * 60_000

/** When a pause ends, as the person reads clocks; empty where nobody can say. */
export function untilWords({ untilMs }: Pause, nowMs: number): string {
  if (untilMs === null) return ''
  const until = new Date(untilMs)
  const time = until.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const isSoon = untilMs - nowMs < dayMs
  const day = isSoon ? '' : `${until.toLocaleDateString('en', { weekday: 'long' })} `
  return `It goes on at ${day}${time}.`
}

/** One choice for both battery rules. */
export const batteryChoices = [
  ['serve', 'Serve on'],
  ['20', 'Pause below 20 %'],
  ['30', 'Pause below 30 %'],
  ['50', 'Pause below 50 %'],
  ['80', 'Pause below 80 %'],
  ['pause', 'Pause'],
] as const

type BatteryRule = Pick<PausePolicy, 'battery' | 'batteryPercent'>

/** @returns a value of `batteryChoices`, the nearest one */
export function batteryChoice({ battery, batteryPercent }: BatteryRule): string {
  if (battery !== 'low') return battery
  const percents = batteryChoices.map(([value]) => Number(value)).filter(Number.isFinite)
  const distance = (percent: number) => Math.abs(percent - batteryPercent)
  return String(percents.toSorted((a, b) => distance(a) - distance(b))[0])
}

export function batteryRule(choice: string): Partial<BatteryRule> {
  if (choice === 'serve' || choice === 'pause') return { battery: choice }
  return { battery: 'low', batteryPercent: Number(choice) }
}

/** Monday first; each with the number that a Date gives it. */
export const weekdays = [
  [1, 'Mon', 'Monday'],
  [2, 'Tue', 'Tuesday'],
  [3, 'Wed', 'Wednesday'],
  [4, 'Thu', 'Thursday'],
  [5, 'Fri', 'Friday'],
  [6, 'Sat', 'Saturday'],
  [0, 'Sun', 'Sunday'],
] as const

/** What most devices have to spare. */
export const usualHours: Hours = { from: 22 * 60, to: 7 * 60, days: [0, 1, 2, 3, 4, 5, 6] }

export function withDay(hours: Hours, day: number, isOn: boolean): Hours {
  const others = hours.days.filter((each) => each !== day)
  return { ...hours, days: isOn ? [...others, day] : others }
}

/** `22:00`, as a time field has it. */
export function toClock(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** @returns null for a field that is empty or half filled */
export function fromClock(clock: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)/.exec(clock) ?? []
  return hours && minutes ? Number(hours) * 60 + Number(minutes) : null
}

export function hoursWords({ from, to, days }: Hours): string {
  if (days.length === 0) return 'Choose a day, or it never serves.'
  if (from === to) return `From ${toClock(from)}, for 24 hours.`
  const next = to < from ? ' of the next day' : ''
  return `From ${toClock(from)} to ${toClock(to)}${next}, by the clock of this device.`
}

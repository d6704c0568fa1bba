/**
 * Hours of the week at which a contributor serves, by the clock on the wall.
 * @module
 */
import { z } from 'zod'

const minutesPerDay = 24 * 60
const minute = z
  .int()
  .min(0)
  .max(minutesPerDay - 1)

export const hoursSchema = z.object({
  /** Minutes since midnight. */
  from: minute,
  /** At or before `from`: on the next day. */
  to: minute,
  /** On which days it begins, 0 is Sunday. */
  days: z.array(z.int().min(0).max(6)).max(7),
})

export type Hours = z.infer<typeof hoursSchema>

/** @returns `nowMs` itself when it is open now, null when it never opens */
export function nextOpening(hours: Hours, nowMs: number): number | null {
  // From yesterday, whose hours may reach over midnight, to the same day of next week.
  for (let day = -1; day <= 7; day += 1) {
    const from = atMinute(nowMs, day, hours.from)
    if (!hours.days.includes(from.getDay())) continue
    const to = atMinute(nowMs, hours.to <= hours.from ? day + 1 : day, hours.to)
    if (nowMs < from.getTime()) return from.getTime()
    if (nowMs < to.getTime()) return nowMs
  }
  return null
}

/** By the calendar, so that a day may have 23 or 25 hours. */
function atMinute(nowMs: number, dayOffset: number, minutes: number): Date {
  const date = new Date(nowMs)
  date.setDate(date.getDate() + dayOffset)
  date.setHours(0, minutes, 0, 0)
  return date
}

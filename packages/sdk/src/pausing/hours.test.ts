import { expect, test } from 'vitest'
import { type Hours, nextOpening } from './hours.ts'

/** 1 November 2026 is a Sunday; a date of the device's own calendar. */
const at = (day: number, hour: number, minute = 0) =>
  new Date(2026, 10, day, hour, minute).getTime()
const everyDay = [0, 1, 2, 3, 4, 5, 6]
const nights: Hours = { from: 22 * 60, to: 7 * 60, days: everyDay }
const office: Hours = { from: 9 * 60, to: 17 * 60 + 30, days: [1, 2, 3, 4, 5] }
const fridayNight: Hours = { from: 23 * 60, to: 60, days: [5] }
const allSunday: Hours = { from: 0, to: 0, days: [0] }

test.each([
  ['before', nights, at(3, 21, 59), at(3, 22)],
  ['at the minute', nights, at(3, 22), 'open'],
  ['over midnight', nights, at(4, 3), 'open'],
  ['at its end', nights, at(4, 7), at(4, 22)],
  ['on a weekday', office, at(3, 12), 'open'],
  ['to the last minute', office, at(3, 17, 29), 'open'],
  ['after work', office, at(3, 17, 30), at(4, 9)],
  ['at the weekend', office, at(6, 18), at(9, 9)],
  ['on the morning behind its day', fridayNight, at(7, 0, 30), 'open'],
  ['on the morning of its day', fridayNight, at(6, 0, 30), at(6, 23)],
  ['a week later', fridayNight, at(7, 1), at(13, 23)],
  ['all of a day', allSunday, at(8, 23, 59), 'open'],
  ['the whole week between', allSunday, at(9, 0), at(15, 0)],
  ['on no day', { ...office, days: [] }, at(3, 12), null],
] as const)('%s', (_, hours, nowMs, expected) => {
  const wanted = expected === 'open' ? nowMs : expected
  expect(nextOpening({ ...hours, days: [...hours.days] }, nowMs)).toBe(wanted)
})

import { expect, test } from 'vitest'
import {
  batteryChoice,
  batteryChoices,
  batteryRule,
  fromClock,
  hoursWords,
  toClock,
  untilWords,
  usualHours,
  withDay,
} from './pause-words.ts'

const nowMs = new Date(2026, 10, 3, 12).getTime()

test('a pause says when it ends, with the day when that is not today', () => {
  const pause = (untilMs: number | null) => ({ reason: 'hours' as const, sentence: 'P.', untilMs })
  expect(untilWords(pause(null), nowMs)).toBe('')
  expect(untilWords(pause(new Date(2026, 10, 3, 22).getTime()), nowMs)).toBe('It goes on at 22:00.')
  const friday = new Date(2026, 10, 6, 9, 5).getTime()
  expect(untilWords(pause(friday), nowMs)).toBe('It goes on at Friday 09:05.')
})

test('each battery choice is itself again; another percent is the nearest', () => {
  const policy = { battery: 'low' as const, batteryPercent: 30 }
  for (const [value] of batteryChoices) {
    expect(batteryChoice({ ...policy, ...batteryRule(value) })).toBe(value)
  }
  expect(batteryChoice({ ...policy, batteryPercent: 62 })).toBe('50')
})

test('a time field and minutes', () => {
  for (const minutes of [0, 61, 1439]) expect(fromClock(toClock(minutes))).toBe(minutes)
  expect(fromClock('07:30:00')).toBe(450)
  for (const wrong of ['', '24:00', '7:3', '12:60']) expect(fromClock(wrong)).toBeNull()
})

test('hours in words', () => {
  expect(hoursWords(usualHours)).toBe(
    'From 22:00 to 07:00 of the next day, by the clock of this device.',
  )
  expect(hoursWords({ ...usualHours, to: 1320 })).toBe('From 22:00, for 24 hours.')
  expect(hoursWords({ ...usualHours, days: [] })).toContain('Choose a day')
  const without = withDay(usualHours, 0, false)
  expect(without.days).not.toContain(0)
  expect(withDay(withDay(without, 0, true), 0, true).days).toHaveLength(7)
})

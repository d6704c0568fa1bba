import { describe, expect, test } from 'vitest'
import {
  decidePause,
  initialPolicy,
  type PausePolicy,
  parsePolicy,
  type Situation,
} from './pause-policy.ts'

/** A Tuesday, noon. */
const nowMs = new Date(2026, 10, 3, 12).getTime()
const hourMs = 60 * 60_000
const quiet: Situation = {
  nowMs,
  battery: { isCharging: true, level: 0.1 },
  line: { isMetered: false },
  busyUntilMs: null,
}
const onBattery = (level: number) => ({ battery: { isCharging: false, level } })
const metered = { line: { isMetered: true } }
const busy = { busyUntilMs: nowMs + 1000 }
const nights = { from: 22 * 60, to: 7 * 60, days: [0, 1, 2, 3, 4, 5, 6] }
const noon = { from: 11 * 60, to: 13 * 60, days: [2] }

const cases: [string, Partial<PausePolicy>, Partial<Situation>, string | null, number | null][] = [
  ['nothing is known of the device', {}, { battery: null, line: null }, null, null],
  ['plugged in, however empty', { battery: 'pause' }, {}, null, null],
  ['on battery and full enough', {}, onBattery(0.3), null, null],
  ['on battery and low', {}, onBattery(0.29), 'battery', null],
  ['its own mark', { batteryPercent: 80 }, onBattery(0.7), 'battery', null],
  ['always on battery', { battery: 'pause' }, onBattery(1), 'battery', null],
  ['never on battery', { battery: 'serve' }, onBattery(0.01), null, null],
  ['a metered line', {}, metered, 'line', null],
  ['a metered line that may be used', { meteredLine: false }, metered, null, null],
  ['busy, not asked for', {}, busy, null, null],
  ['busy', { busyDevice: true }, busy, 'busy', nowMs + 1000],
  ['no longer busy', { busyDevice: true }, { busyUntilMs: nowMs }, null, null],
  ['within hours', { hours: noon }, {}, null, null],
  ['outside of hours', { hours: nights }, {}, 'hours', nowMs + 10 * hourMs],
  ['no hours at all', { hours: { ...nights, days: [] } }, {}, 'hours', null],
  ['by hand', { untilMs: nowMs + hourMs }, {}, 'by-hand', nowMs + hourMs],
  ['by hand, over', { untilMs: nowMs }, {}, null, null],
  ['by hand before all else', { untilMs: nowMs + 1, hours: nights }, metered, 'by-hand', nowMs + 1],
  ['the longest first', { hours: nights }, onBattery(0), 'hours', nowMs + 10 * hourMs],
]

test.each(cases)('%s', (_, policy, situation, reason, untilMs) => {
  const pause = decidePause({ ...initialPolicy, ...policy }, { ...quiet, ...situation })
  expect(pause && { reason: pause.reason, untilMs: pause.untilMs }).toEqual(
    reason && { reason, untilMs },
  )
  if (pause) expect(pause.sentence).toMatch(/^Paused[^.]*\.$/)
})

describe('what was kept', () => {
  test('comes back as it was', () => {
    const policy: PausePolicy = {
      battery: 'pause',
      batteryPercent: 50,
      meteredLine: false,
      busyDevice: true,
      hours: nights,
      untilMs: nowMs,
    }
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy)
  })

  test('is taken rule by rule, whatever became of it', () => {
    expect(parsePolicy(null)).toEqual(initialPolicy)
    expect(parsePolicy('pause')).toEqual(initialPolicy)
    const broken = {
      battery: 'sometimes',
      batteryPercent: 0,
      meteredLine: false,
      hours: { from: -1 },
    }
    expect(parsePolicy(broken)).toEqual({ ...initialPolicy, meteredLine: false })
  })
})

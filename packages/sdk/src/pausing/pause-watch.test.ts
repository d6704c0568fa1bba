import { afterEach, expect, test, vi } from 'vitest'
import { DecodePace } from './decode-pace.ts'
import type { SignSource } from './device-signs.ts'
import { initialPolicy, type PausePolicy } from './pause-policy.ts'
import { createPauseWatch, type PauseWatch } from './pause-watch.ts'

class Battery extends EventTarget {
  charging = true
  level = 1
}

class Line extends EventTarget {
  type = 'wifi'
  saveData = false
}

let watch: PauseWatch | undefined
afterEach(() => {
  watch?.close()
  vi.useRealTimers()
})

function open(source: SignSource, policy: Partial<PausePolicy> = {}) {
  const pace = new DecodePace(() => false)
  const opened = createPauseWatch({ source, pace })
  watch = opened
  opened.setPolicy({ ...initialPolicy, ...policy })
  const reasons: (string | null)[] = []
  opened.pause.subscribe(() => reasons.push(opened.pause.get()?.reason ?? null))
  return { ...opened, pace, reasons }
}

test('battery and line are heard at once, and only what changes is told', async () => {
  const battery = new Battery()
  const connection = new Line()
  battery.charging = false
  battery.level = 0.2
  const { ready, pause, givingPause, reasons } = open({
    getBattery: async () => battery,
    connection,
  })
  expect(pause.get()).toBeNull()
  await ready
  expect(pause.get()).toMatchObject({ reason: 'battery', untilMs: null })
  expect(givingPause.get()).toEqual(pause.get())
  battery.dispatchEvent(new Event('levelchange'))
  battery.charging = true
  battery.dispatchEvent(new Event('chargingchange'))
  connection.type = 'cellular'
  connection.dispatchEvent(new Event('change'))
  connection.type = 'wifi'
  connection.dispatchEvent(new Event('change'))
  connection.saveData = true
  connection.dispatchEvent(new Event('change'))
  expect(reasons).toEqual(['battery', null, 'line', null, 'line'])
  expect(givingPause.get()).toMatchObject({ reason: 'line' })
})

test('a browser that tells nothing, or does not answer, holds nobody up', async () => {
  vi.useFakeTimers()
  const silent = open({ getBattery: () => new Promise(() => {}) })
  await vi.advanceTimersByTimeAsync(1_000)
  await silent.ready
  silent.close()
  const refused = open({ getBattery: () => Promise.reject(new Error('not here')) })
  await refused.ready
  expect(refused.pause.get()).toBeNull()
})

test('an hour by hand ends by itself, and at once when taken back', async () => {
  vi.useFakeTimers()
  const hour = open({})
  hour.setPolicy({ ...initialPolicy, untilMs: Date.now() + 3_600_000 })
  await vi.advanceTimersByTimeAsync(3_500_000)
  expect(hour.pause.get()).toMatchObject({ reason: 'by-hand' })
  expect(hour.givingPause.get()).toBeNull()
  await vi.advanceTimersByTimeAsync(110_000)
  hour.setPolicy({ ...initialPolicy, untilMs: Date.now() + 3_600_000 })
  hour.setPolicy({ ...initialPolicy })
  expect(hour.reasons).toEqual(['by-hand', null, 'by-hand', null])
})

test('a slow device is given five minutes, if the owner asked for that', async () => {
  vi.useFakeTimers()
  const { pace, pause, setPolicy, reasons } = open({})
  const decodeSlowly = async () => {
    for (let index = 0; index < 200; index += 1) {
      pace.push(5)
      await vi.advanceTimersByTimeAsync(100)
    }
  }
  await decodeSlowly()
  expect(pause.get()).toBeNull()
  setPolicy({ ...initialPolicy, busyDevice: true })
  await decodeSlowly()
  const untilMs = pause.get()?.untilMs ?? 0
  expect(untilMs - Date.now()).toBeGreaterThan(4 * 60_000)
  await vi.advanceTimersByTimeAsync(untilMs - Date.now() + 5_000)
  expect(reasons.at(-1)).toBeNull()
  expect(new Set(reasons)).toEqual(new Set(['busy', null]))
})

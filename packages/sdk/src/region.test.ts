import { expect, test } from 'vitest'
import { regionOf } from './region.ts'

test('every zone of this platform has a region', () => {
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'))
  const without = zones.filter((zone) => regionOf(zone) === null && !zone.startsWith('Etc/'))
  expect(zones.length).toBeGreaterThan(300)
  expect(without).toEqual([])
  expect(regionOf('America/Argentina/Salta')).toBe('am')
})

test('a zone without a place says nothing', () => {
  expect(regionOf('UTC')).toBeNull()
  expect(regionOf('constructor')).toBeNull()
  expect(regionOf(undefined)).toBeNull()
})

import { expect, test } from 'vitest'
import { parseSiteConfig } from './site-config.ts'

const good = {
  relays: ['/ip4/127.0.0.1/tcp/7071/ws/p2p/16Uiu2HAmExample'],
  iceServers: [{ urls: 'stun:stun.example.org' }],
  modelsUrl: '/models/',
}

test('a right one passes, and no relay at all is right', () => {
  expect(parseSiteConfig(good)).toEqual({ tab: good, live: null, networks: [] })
  expect(parseSiteConfig({ ...good, relays: [] }).tab.relays).toEqual([])
})

test.each([
  [null, 'not an object'],
  [[], 'not an object'],
  [{ ...good, relays: ['/ip4/127.0.0.1/tcp/7071/ws'] }, '"relays"'],
  [{ ...good, relays: 'none' }, '"relays"'],
  [{ ...good, iceServers: [{}] }, '"iceServers"'],
  [{ ...good, modelsUrl: '/models' }, '"modelsUrl"'],
  [{ ...good, live: 3 }, '"live"'],
])('%j is refused by name', (value, reason) => {
  expect(() => parseSiteConfig(value)).toThrow(reason)
})

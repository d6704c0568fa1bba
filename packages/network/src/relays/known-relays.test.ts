import { expect, test } from 'vitest'
import { KnownRelays } from './known-relays.ts'

const relay = (name: string, host = name) => `/dns4/${host}.example/tcp/443/tls/ws/p2p/${name}`
const overIt = (address: string) => `${address}/p2p-circuit/webrtc/p2p/node`

test('sockets are opened to our own relays and to those that they vouch for', () => {
  const known = new KnownRelays([relay('own')])
  expect(known.admits(relay('own'))).toBe(true)
  expect(known.admits(overIt(relay('own')))).toBe(true)
  expect(known.admits(relay('other'))).toBe(false)
  known.vouch([relay('other'), relay('other', 'b')])
  expect(known.admits(overIt(relay('other', 'b')))).toBe(true)
  expect(known.admits(relay('other', 'c'))).toBe(false)
  expect(known.addressesOf('other')).toHaveLength(2)
})

test('nobody can say where our own relay is, nor fill the memory', () => {
  const known = new KnownRelays([relay('own')])
  known.vouch([relay('own', 'elsewhere'), 'nonsense'])
  expect(known.addressesOf('own')).toEqual([relay('own')])
  expect(known.admits('nonsense')).toBe(false)
  for (let index = 0; index < 200; index += 1) known.vouch([relay(`r${index}`)])
  expect(known.addressesOf('r0')).toEqual([])
  expect(known.addressesOf('r199')).toHaveLength(1)
})

import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { addressOf } from './address-of.ts'

const of = (text: string, countsLoopback = false) => addressOf(multiaddr(text), { countsLoopback })

test('an address stands for whoever can choose it', () => {
  expect(of('/ip4/192.0.2.7/tcp/4001')).toBe('192.0.2.7')
  expect(of('/ip6/2001:db8:1:2:3:4:5:6/tcp/4001')).toBe('2001:db8:1:2::/64')
  expect(of('/ip6/2001:db8::6/tcp/4001')).toBe('2001:db8:0:0::/64')
  expect(of('/dns4/a.example/tcp/4001')).toBeNull()
})

test('this machine is a proxy for others unless it is counted', () => {
  expect(of('/ip4/127.0.0.1/tcp/4001')).toBeNull()
  expect(of('/ip6/::1/tcp/4001')).toBeNull()
  expect(of('/ip4/127.0.0.1/tcp/4001', true)).toBe('127.0.0.1')
  expect(of('/ip6/::1/tcp/4001', true)).toBe('0:0:0:0::/64')
})

import { limits } from '@weft/protocol'
import { expect, test } from 'vitest'
import { announcedAddresses } from './announced-addresses.ts'

const circuit = (host: string, relay: string) =>
  `/dns4/${host}/tcp/443/tls/ws/p2p/${relay}/p2p-circuit/webrtc/p2p/me`

test('one address for each relay, so that one with many names leaves room for the others', () => {
  const many = Array.from({ length: 20 }, (_, index) => circuit(`a${index}.example`, 'one'))
  const addresses = [...many, circuit('z.example', 'two')]
  expect(announcedAddresses(addresses)).toEqual([
    circuit('a0.example', 'one'),
    circuit('z.example', 'two'),
  ])
})

test('only what leads to the tab itself and fits into a registration', () => {
  const direct = '/ip4/127.0.0.1/tcp/1/ws/p2p/me'
  const limited = '/dns4/a.example/tcp/443/tls/ws/p2p/one/p2p-circuit/p2p/me'
  const long = circuit('h'.repeat(limits.maxAddressChars), 'one')
  expect(announcedAddresses([limited, long, direct])).toEqual([direct])
  const relays = Array.from({ length: 9 }, (_, index) => circuit('a.example', `r${index}`))
  expect(announcedAddresses(relays)).toHaveLength(limits.maxAddressesPerNode)
})

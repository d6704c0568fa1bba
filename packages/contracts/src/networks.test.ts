import { expect, test } from 'vitest'
import { developmentChainId, networksSchema, publicNetworks } from './networks.ts'

const base = publicNetworks.base

test('the public ones are right, and without addresses until they are deployed', () => {
  expect(networksSchema.parse(Object.values(publicNetworks))).toHaveLength(2)
  expect(base.contracts).toBeNull()
})

test.each([
  ['a faucet of a public network', [{ ...base, faucet: '/faucet' }], 'only a development chain'],
  ['the same chain twice', [base, base], 'the same chainId'],
  ['a node without TLS', [{ ...base, rpcUrls: ['http://rpc.example'] }], 'rpcUrls'],
  ['another origin as a path', [{ ...base, rpcUrls: ['//rpc.example'] }], 'rpcUrls'],
  ['no node', [{ ...base, rpcUrls: [] }], 'rpcUrls'],
  ['half of the contracts', [{ ...base, contracts: { token: `0x${'1'.repeat(40)}` } }], 'registry'],
])('%s is refused', (_, networks, reason) => {
  expect(() => networksSchema.parse(networks)).toThrow(reason)
})

test('a development chain may have a faucet, on the site’s own server', () => {
  const local = { ...base, chainId: developmentChainId, rpcUrls: ['/chain'], faucet: '/faucet' }
  expect(networksSchema.parse([local])).toEqual([local])
  expect(() => networksSchema.parse([{ ...local, faucet: 'https://a.example' }])).toThrow('faucet')
})

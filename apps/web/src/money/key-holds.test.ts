import type { NodeState, Purse } from '@weft/sdk'
import { expect, test } from 'vitest'
import { createStore } from '../site/store.ts'
import { lookAtKey } from './key-holds.ts'

type Earnings = NonNullable<ReturnType<Purse['earnings']['get']>>

const onChain = { claimableWei: 0n, stakeWei: 0n, unbondingWei: 0n, gasWei: 3n }
const earned: Earnings = {
  earnedWei: 7n,
  redeemedWei: 0n,
  lostWei: 0n,
  redeemableWei: 7n,
  redeemBy: 1,
}

/** A tab whose accounts are opened by `earn`, as those of a tab that has not shown Contribute. */
function tabThat(nodes: Partial<Record<'node' | 'head' | 'layers', NodeState['phase']>> = {}) {
  const earnings = createStore<Earnings | null>(null)
  const node = (phase: NodeState['phase'] = 'off') => ({ state: createStore({ phase }) })
  const tab = {
    node: node(nodes.node),
    head: node(nodes.head),
    layers: node(nodes.layers),
    purse: { address: '0x00', earnings, refresh: async () => {} },
  } as const
  const money = { earn: async () => earnings.update(() => earned) }
  return { tab, money, readChain: async () => onChain }
}

test('what an earlier visit has earned is found before a key is given up', async () => {
  const holds = await lookAtKey(tabThat())
  expect(holds).toEqual({ ...onChain, redeemableWei: 7n, isServing: false })
})

test('what cannot be looked at is not taken for nothing', async () => {
  const earn = () => Promise.reject(new Error('The chain is gone.'))
  await expect(lookAtKey({ ...tabThat(), money: { earn } })).rejects.toThrow('gone')
  const unopened = lookAtKey({ ...tabThat(), money: { earn: async () => {} } })
  expect(await unopened).toMatchObject({ redeemableWei: null })
})

test.each([
  ['node', 'idle'],
  ['node', 'paused'],
  ['head', 'answering'],
  ['layers', 'preparing'],
] as const)('a tab whose %s is %s serves', async (name, phase) => {
  expect((await lookAtKey(tabThat({ [name]: phase }))).isServing).toBe(true)
})

test('a tab that begins to serve while the chain is read serves', async () => {
  const init = tabThat()
  const readChain = async () => {
    init.tab.node.state.update(() => ({ phase: 'idle' }))
    return onChain
  }
  expect((await lookAtKey({ ...init, readChain })).isServing).toBe(true)
  const failed = tabThat({ node: 'failed' })
  expect((await lookAtKey(failed)).isServing).toBe(false)
})

import type { Network } from '@weft/network'
import type { Job, Registration } from '@weft/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { askNode } from './ask-node.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what a node says of its queue counts down until it says more', async () => {
  let tell: NonNullable<Parameters<Network['callNode']>[2]>['onQueued']
  const asked = askNode({
    network: {
      callNode(_node, _job, options) {
        tell = options?.onQueued
        return new Promise(() => {})
      },
    },
    node: { peerId: 'full' } as Registration,
    job: {} as Job,
    contextTokens: 4096,
    payer: null,
    answered: [],
    signal: undefined,
    onPlace: () => {},
  })
  expect(asked.place()).toBeNull()
  tell?.({ position: 2, aboutMs: 9_000 })
  vi.advanceTimersByTime(4_000)
  expect(asked.place()).toEqual({ position: 2, aboutMs: 5_000 })
  vi.advanceTimersByTime(60_000)
  expect(asked.place()).toEqual({ position: 2, aboutMs: 0 })
  tell?.({ position: 1, aboutMs: 3_000 })
  expect(asked.place()).toEqual({ position: 1, aboutMs: 3_000 })
})

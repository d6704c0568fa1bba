import type { Asked, Proved } from '@weft/sdk/proved'
import { expect, test } from 'vitest'
import { obtainProof } from './obtain-proof.ts'

const point = { x: 1n, y: 2n }
const made: Proved = {
  proof: { a: point, b: { x: [1n, 2n], y: [3n, 4n] }, c: point },
  publicSignals: [7n],
}
const said = { scores: [1, 0, 0], outcome: 0, features: [1, -2, 3], packedFeatures: 5n }
const purpose = { domain: 0n, request: 9n }

type Init = Parameters<typeof obtainProof>[0]

/** This tab proves at once; others do as `ask` does. */
function initOf(ask: NonNullable<Init['tab']>['proofs']['ask'], signal: AbortSignal) {
  const asked: (Asked | null)[] = []
  const steps: string[] = []
  const model = { cid: 'bafyreig', prove: async () => made } as unknown as Init['tools']['model']
  const check: Init['tools']['check'] = async (_, of) => {
    asked.push(of)
    return { isValid: true, ms: 1 }
  }
  const proofs = { ask, check: async () => null } as unknown as NonNullable<Init['tab']>['proofs']
  const tab = { proofs, peerId: '16U' }
  const onStep = (step: string) => void steps.push(step)
  const tools = { model, check }
  return { asked, steps, init: { tools, tab, said, purpose, onStep, signal, othersMs: 20 } }
}

/** Takes the question, and says nothing as long as it is waited for. */
const silent: NonNullable<Init['tab']>['proofs']['ask'] = (_, __, { signal } = {}) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

test('a tab that stays silent is not waited for where this one can prove', async () => {
  const { init, asked, steps } = initOf(silent, new AbortController().signal)
  const { proved, by } = await obtainProof(init)
  expect([proved, by]).toEqual([made, null])
  expect(asked).toEqual([{ ...purpose, packedFeatures: 5n }])
  expect(steps).toContain('Checking.')
})

test('who cancels meanwhile has nothing proved', async () => {
  const cancel = new AbortController()
  const { init, asked } = initOf(silent, cancel.signal)
  const obtaining = obtainProof({ ...init, othersMs: 60_000 })
  cancel.abort()
  await expect(obtaining).rejects.toBe(cancel.signal.reason)
  expect(asked).toEqual([])
})

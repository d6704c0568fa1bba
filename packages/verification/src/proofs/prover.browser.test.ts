import { expect, test } from 'vitest'
import { sampleCredit } from '../../circuits/sample-credit.ts'
import { createProver } from './prover.ts'

const prover = createProver(location.origin)

test('proves and verifies in a worker, and says how far it is', async () => {
  const { input, root } = sampleCredit()
  const stages: string[] = []
  const proved = await prover.prove('credit', input, { onStage: (stage) => stages.push(stage) })
  expect(stages).toEqual(['fetching', 'computing', 'proving'])
  expect(proved.publicSignals[0]).toBe(root)
  expect(await prover.verify('credit', proved)).toBe(true)
  expect(await prover.verify('credit', proved, { forOthers: true })).toBe(true)
  const publicSignals = [root + 1n, ...proved.publicSignals.slice(1)]
  expect(await prover.verify('credit', { ...proved, publicSignals })).toBe(false)
})

test('can be cancelled, and says what cannot be proved', async () => {
  const cancel = new AbortController()
  const proving = prover.prove('credit', sampleCredit().input, {
    onStage: (stage) => stage === 'proving' && cancel.abort(),
    signal: cancel.signal,
  })
  await expect(proving).rejects.toMatchObject({ code: 'protocol/cancelled' })
  const { input } = sampleCredit({ index: 9n })
  await expect(prover.prove('credit', input)).rejects.toMatchObject({
    code: 'verification/not-provable',
  })
})

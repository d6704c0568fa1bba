import { readFile } from 'node:fs/promises'
import { curves } from 'snarkjs'
import { afterAll, expect, test } from 'vitest'
import { sampleCredit } from '../../circuits/sample-credit.ts'
import type { Proved } from './proof.ts'
import { proveHere, verifyHere } from './prove-here.ts'
import type { ReadFile } from './read-artifact.ts'

const read: ReadFile = async (path) =>
  new Uint8Array(await readFile(new URL(`../../../../public/${path}`, import.meta.url)))

afterAll(async () => (await curves.getCurveFromName('bn128', { singleThread: true })).terminate())

test('what was proved holds, and nothing beside it', async () => {
  const { input, root, nullifier } = sampleCredit()
  const proved = await proveHere({ circuit: 'credit', input, read, isParallel: false })
  expect(proved.publicSignals.slice(0, 2)).toEqual([root, nullifier])
  expect(proved.publicSignals.slice(3)).toEqual([input.domain, input.x, input.aliveAt])
  expect(await verifyHere('credit', proved, read)).toBe(true)
  for (let changed = 0; changed < proved.publicSignals.length; changed++) {
    const publicSignals = proved.publicSignals.map((signal, index) =>
      index === changed ? signal + 1n : signal,
    )
    expect(await verifyHere('credit', { ...proved, publicSignals }, read)).toBe(false)
  }
  const other = await proveHere({
    circuit: 'credit',
    input: sampleCredit({ x: 7n }).input,
    read,
    isParallel: false,
  })
  const mixed: Proved = { ...proved, proof: { ...proved.proof, c: other.proof.c } }
  expect(await verifyHere('credit', mixed, read)).toBe(false)
})

test('what is not so cannot be proved', async () => {
  const { input } = sampleCredit({ index: 5n, count: 5n })
  const proving = proveHere({ circuit: 'credit', input, read, isParallel: false })
  await expect(proving).rejects.toMatchObject({ code: 'verification/not-provable' })
})

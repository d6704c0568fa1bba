import { readFile } from 'node:fs/promises'
import { baseFieldOrder } from '@weft/protocol'
import { curves, groth16, type VerificationKey } from 'snarkjs'
import { afterAll, expect, test } from 'vitest'
import { sampleCredit } from '../../circuits/sample-credit.ts'
import { type Proved, toSnarkjs } from './proof.ts'
import { proveHere } from './prove-here.ts'
import { keepArtifacts } from './read-artifact.ts'
import { openVerifier } from './verify-here.ts'

const open = keepArtifacts(
  async (path) =>
    new Uint8Array(await readFile(new URL(`../../../../public/${path}`, import.meta.url))),
)

// Behind the library's own check.
afterAll(async () => (await curves.getCurveFromName('bn128')).terminate())

/** On the second group's curve at x = 1, and no multiple of the generator. */
const stray = {
  x: [0n, 1n],
  y: [
    5912654199736721486680175016176231956195085055698687135131307249486702594212n,
    18278151005453108793778860132295291098363647455926340152056652516292830556603n,
  ],
} as const

test('what was proved holds, and nothing beside it', async () => {
  const { input, root, nullifier } = sampleCredit()
  const proved = await proveHere({ circuit: 'credit', input, open, isParallel: false })
  expect(proved.publicSignals.slice(0, 2)).toEqual([root, nullifier])
  expect(proved.publicSignals.slice(3)).toEqual([input.domain, input.x, input.aliveAt])
  const verify = await openVerifier('credit', open)
  const key: VerificationKey = JSON.parse(
    new TextDecoder().decode(await open('credit', 'verificationKey')),
  )
  /** As the library says it. */
  const holds = async (said: Proved) => {
    const signals = said.publicSignals.map(String)
    expect(await groth16.verify(key, signals, toSnarkjs(said.proof))).toBe(await verify(said))
    return verify(said)
  }
  expect(await holds(proved)).toBe(true)
  for (let changed = 0; changed < proved.publicSignals.length; changed++) {
    const publicSignals = proved.publicSignals.map((signal, index) =>
      index === changed ? signal + 1n : signal,
    )
    expect(await verify({ ...proved, publicSignals })).toBe(false)
  }
  const other = await proveHere({
    circuit: 'credit',
    input: sampleCredit({ x: 7n }).input,
    open,
    isParallel: false,
  })
  const { proof } = proved
  expect(await holds({ ...proved, proof: { ...proof, c: other.proof.c } })).toBe(false)
  const outside = { x: 1n, y: 1n }
  expect(await verify({ ...proved, proof: { ...proof, a: outside } })).toBe(false)

  // What the contract refuses and the library does not: other names for the same numbers, and signals too many.
  const renamed = { ...proof, c: { ...proof.c, x: proof.c.x + baseFieldOrder } }
  expect(await verify({ ...proved, proof: renamed })).toBe(false)
  expect(await verify({ ...proved, publicSignals: [...proved.publicSignals, 0n] })).toBe(false)
  expect(await verify({ ...proved, publicSignals: proved.publicSignals.slice(1) })).toBe(false)
  // On the curve, and of another order.
  expect(await verify({ ...proved, proof: { ...proof, b: stray } })).toBe(false)
}, 60_000)

test('what is not so cannot be proved', async () => {
  const { input } = sampleCredit({ index: 5n, count: 5n })
  const proving = proveHere({ circuit: 'credit', input, open, isParallel: false })
  await expect(proving).rejects.toMatchObject({ code: 'verification/not-provable' })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { curves, wtns } from 'snarkjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Compiled, compileCircuit } from '../ceremony/compile.ts'
import { holds, readConstraints, undetermined } from '../ceremony/constraint-system.ts'
import { circuitInputOf } from '../src/proved-models/circuit-input.ts'
import { commitmentOf } from '../src/proved-models/commitment.ts'
import { scoresOf } from '../src/proved-models/network.ts'
import { packFeatures, packScores, unpackScores } from '../src/proved-models/pack.ts'
import { evenNetwork, sampleNetwork, sampleProof } from './sample-network.ts'

const field = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

let folder: string
let compiled: Compiled

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-circuit-'))
  compiled = await compileCircuit('mlp', folder)
}, 120_000)

afterAll(async () => {
  await (await curves.getCurveFromName('bn128', { singleThread: true })).terminate()
  await rm(folder, { recursive: true, force: true })
})

type Input = ReturnType<typeof circuitInputOf>

/** @throws where the inputs break a statement */
async function witnessOf(input: Input, { wasm } = compiled): Promise<bigint[]> {
  const file = { type: 'mem' as const }
  const text = (value: bigint | bigint[]) =>
    typeof value === 'bigint' ? `${value}` : value.map((each) => `${each}`)
  const entries = Object.entries(input).map(([name, value]) => [name, text(value)] as const)
  await wtns.calculate(Object.fromEntries(entries), wasm, file)
  return wtns.exportJson(file)
}

async function publicOf(input: Input) {
  const [, commitment, packedScores, packedFeatures, domain, request] = await witnessOf(input)
  return { commitment, packedFeatures, packedScores, domain, request }
}

/** Features as the proof names them: they fail for their size alone. */
function withFirstOf(name: string, first: bigint): Input {
  const input = circuitInputOf(sampleProof())
  const list = input[name as 'features'].with(0, first)
  const change = first - (input[name as 'features'][0] ?? 0n)
  if (name !== 'features') return { ...input, [name]: list }
  return { ...input, features: list, packedFeatures: input.packedFeatures + change }
}

const { features } = sampleProof()

test('fits the powers of tau that there are', () => {
  expect(compiled.constraints).toBeLessThan(2 ** 14 - 16)
  expect(compiled.constraints).toBeGreaterThan(13_000)
})

test('says the same as the whole numbers and Poseidon outside, also where sums are largest and values clamped', async () => {
  const all = (value: number) => Array.from({ length: 16 }, () => value)
  for (const sample of [
    sampleProof(),
    sampleProof({ network: sampleNetwork(2), salt: field - 1n }),
    sampleProof({ network: evenNetwork(127, 32_767), features: all(127) }),
    sampleProof({ network: evenNetwork(-128, -32_768), features: all(-128) }),
    sampleProof({ network: evenNetwork(-128, -32_768), features: all(127) }),
    sampleProof({ network: evenNetwork(0, 0), features: all(0) }),
  ]) {
    const { network, salt, features, domain, request } = sample
    const scores = scoresOf(network, features)
    expect(await publicOf(circuitInputOf(sample))).toEqual({
      commitment: commitmentOf(network, salt),
      packedFeatures: packFeatures(features),
      packedScores: packScores(scores),
      domain,
      request,
    })
    expect(unpackScores(packScores(scores))).toEqual(scores)
  }
})

test('takes weights and features of 8 bits and biases of 16, and none beyond', async () => {
  const lists = { weights1: 128n, weights2: 128n, weights3: 128n, features: 128n }
  const biases = { biases1: 2n ** 15n, biases2: 2n ** 15n, biases3: 2n ** 15n }
  for (const [name, limit] of Object.entries({ ...lists, ...biases })) {
    for (const most of [limit - 1n, -limit]) await witnessOf(withFirstOf(name, most))
    for (const beyond of [limit, -limit - 1n, 2n ** 40n]) {
      await expect(witnessOf(withFirstOf(name, beyond))).rejects.toThrow()
    }
  }
})

test('every weight, bias and the salt are committed to, and features are none of it', async () => {
  const input = circuitInputOf(sampleProof())
  const { commitment } = await publicOf(input)
  const names = ['weights1', 'biases1', 'weights2', 'biases2', 'weights3', 'biases3'] as const
  for (const name of names) {
    for (const index of [0, input[name].length - 1]) {
      const list = input[name].with(index, (input[name][index] ?? 0n) - 1n)
      expect((await publicOf({ ...input, [name]: list })).commitment).not.toBe(commitment)
    }
  }
  expect((await publicOf({ ...input, salt: input.salt + 1n })).commitment).not.toBe(commitment)
  const other = await publicOf(circuitInputOf(sampleProof({ features: features.with(3, 5) })))
  expect(other.commitment).toBe(commitment)
})

test('scores are of the features that the proof names', async () => {
  const input = circuitInputOf(sampleProof())
  const packedFeatures = packFeatures(features.with(3, 5))
  await expect(witnessOf({ ...input, packedFeatures })).rejects.toThrow('Assert Failed')
  await witnessOf({ ...input, packedFeatures, features: features.with(3, 5).map(BigInt) })
})

test('all signals follow from the inputs', async () => {
  // The same constraints before sums are put into one another: of those of Poseidon none follows alone then.
  const plain = await compileCircuit('mlp', join(folder, 'plain'), 'O1')
  const system = await readConstraints(plain.r1cs)
  const witness = await witnessOf(circuitInputOf(sampleProof()), plain)
  expect(undetermined(system, witness).length).toBe(0)
}, 120_000)

test('no signal can be changed alone', async () => {
  const system = await readConstraints(compiled.r1cs)
  for (const sample of [{}, { network: evenNetwork(0, 0) }]) {
    const witness = await witnessOf(circuitInputOf(sampleProof(sample)))
    expect(witness.length).toBe(system.wires)
    expect(system.constraints.every((constraint) => holds(constraint, witness))).toBe(true)
    const free: number[] = []
    for (let wire = 1; wire < system.wires; wire++) {
      const value = witness[wire] ?? 0n
      for (const other of [(value + 1n) % field, 0n, 1n]) {
        if (other === value) continue
        witness[wire] = other
        if (system.around(wire).every((constraint) => holds(constraint, witness))) free.push(wire)
      }
      witness[wire] = value
    }
    expect(free).toEqual([])
  }
}, 120_000)

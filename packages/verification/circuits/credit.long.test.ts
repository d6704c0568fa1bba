import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { curves, wtns } from 'snarkjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Compiled, compileCircuit } from '../ceremony/compile.ts'
import { holds, readConstraints, undetermined } from '../ceremony/constraint-system.ts'
import { sampleCredit } from './sample-credit.ts'

const field = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

let folder: string
let compiled: Compiled

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-circuit-'))
  compiled = await compileCircuit('credit', folder)
}, 60_000)

afterAll(async () => {
  await (await curves.getCurveFromName('bn128', { singleThread: true })).terminate()
  await rm(folder, { recursive: true, force: true })
})

type Input = ReturnType<typeof sampleCredit>['input']

/** @throws where the inputs break a statement */
async function witnessOf(input: Input): Promise<bigint[]> {
  const file = { type: 'mem' as const }
  const text = (value: bigint | bigint[]) =>
    typeof value === 'bigint' ? `${value}` : value.map((each) => `${each}`)
  const entries = Object.entries(input).map(([name, value]) => [name, text(value)] as const)
  await wtns.calculate(Object.fromEntries(entries), compiled.wasm, file)
  return wtns.exportJson(file)
}

async function publicOf(input: Input) {
  const [, root, nullifier, y, domain, x, aliveAt] = await witnessOf(input)
  return { root, nullifier, y, domain, x, aliveAt }
}

function withFirst(list: readonly bigint[], first: bigint): bigint[] {
  return [first, ...list.slice(1)]
}

test('is small enough for a tab', () => {
  expect(compiled.constraints).toBeLessThanOrEqual(9_000)
  expect(compiled.constraints).toBeGreaterThan(5_000)
})

test('says the same as Poseidon and LeanIMT outside, wherever the leaf is', async () => {
  for (const [before, after] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [4, 0],
    [6, 0],
    [5, 120],
  ] as const) {
    const { input, root, nullifier, slope } = sampleCredit({ before, after })
    expect(await publicOf(input)).toEqual({
      root,
      nullifier,
      y: (input.secret + slope * input.x) % field,
      domain: input.domain,
      x: input.x,
      aliveAt: input.aliveAt,
    })
  }
})

test('another secret, count or expiry is another leaf: not in this tree', async () => {
  const { input, root } = sampleCredit()
  for (const other of [{ secret: 1n }, { count: 6n }, { expiry: input.expiry + 1n }]) {
    expect((await publicOf({ ...input, ...other })).root).not.toBe(root)
  }
})

test('another path is another root', async () => {
  const { input, root } = sampleCredit()
  const sibling = (input.siblings[0] ?? 0n) + 1n
  for (const other of [
    { siblings: withFirst(input.siblings, sibling) },
    { isRight: withFirst(input.isRight, 1n - (input.isRight[0] ?? 0n)) },
  ]) {
    expect((await publicOf({ ...input, ...other })).root).not.toBe(root)
  }
})

test('refuses levels that are no bits, that have gaps, or that choose where there is nothing to choose', async () => {
  const { input } = sampleCredit()
  const last = (list: readonly bigint[], value: bigint) => [...list.slice(0, -1), value]
  for (const other of [
    { isUsed: withFirst(input.isUsed, 2n) },
    { isRight: withFirst(input.isRight, 2n) },
    { isUsed: withFirst(input.isUsed, 0n) },
    { isUsed: last(input.isUsed, 1n) },
    { isRight: last(input.isRight, 1n) },
    { siblings: last(input.siblings, 7n) },
  ]) {
    await expect(witnessOf({ ...input, ...other })).rejects.toThrow('Assert Failed')
  }
})

test('takes the first ticket and the last, and none beyond', async () => {
  const nullifiers = new Set<bigint | undefined>()
  for (const index of [0n, 4n]) {
    nullifiers.add((await publicOf(sampleCredit({ index, count: 5n }).input)).nullifier)
  }
  expect(nullifiers.size).toBe(2)
  for (const index of [5n, 6n, 255n, 256n, field - 1n]) {
    await expect(witnessOf(sampleCredit({ index, count: 5n }).input)).rejects.toThrow()
  }
  await expect(witnessOf(sampleCredit({ index: 0n, count: 256n }).input)).rejects.toThrow()
})

test('takes what is alive to the second, and nothing that is not', async () => {
  const expiry = 1_800_000_000n
  await witnessOf(sampleCredit({ expiry, aliveAt: expiry }).input)
  await witnessOf(sampleCredit({ expiry, aliveAt: 0n }).input)
  for (const aliveAt of [expiry + 1n, 2n ** 40n, field - 1n]) {
    await expect(witnessOf(sampleCredit({ expiry, aliveAt }).input)).rejects.toThrow()
  }
})

test('one ticket on two signals gives the secret away, two tickets do not', async () => {
  const secret = 0xabcdefn
  const share = (sample: object) => publicOf(sampleCredit({ secret, ...sample }).input)
  const [one, other] = [await share({ x: 5n }), await share({ x: 9n })]
  expect(one.nullifier).toBe(other.nullifier)
  expect(secretOf(one, other)).toBe(secret)
  const elsewhere = await share({ x: 9n, index: 3n })
  expect(elsewhere.nullifier).not.toBe(one.nullifier)
  expect(secretOf(one, elsewhere)).not.toBe(secret)
})

test('a ticket has another nullifier and another line for another chain, contract or denomination', async () => {
  const [here, there] = [sampleCredit({ domain: 1n }), sampleCredit({ domain: 2n })]
  const [one, other] = [await publicOf(here.input), await publicOf(there.input)]
  expect(one.nullifier).not.toBe(other.nullifier)
  expect(one.y).not.toBe(other.y)
})

test('no signal can be changed alone, and all follow from the inputs', async () => {
  const system = await readConstraints(compiled.r1cs)
  for (const sample of [{}, { before: 0, after: 0 }, { before: 6, after: 100 }]) {
    const witness = await witnessOf(sampleCredit(sample).input)
    expect(witness.length).toBe(system.wires)
    expect(system.constraints.every((constraint) => holds(constraint, witness))).toBe(true)
    expect(undetermined(system, witness)).toEqual([])
    const free: number[] = []
    for (let wire = 1; wire < system.wires; wire++) {
      const value = witness[wire] ?? 0n
      for (const other of [(value + 1n) % field, field - value, 0n, 1n]) {
        if (other === value || other === field) continue
        witness[wire] = other
        if (system.around(wire).every((constraint) => holds(constraint, witness))) free.push(wire)
      }
      witness[wire] = value
    }
    expect(free).toEqual([])
  }
})

type Share = { x: bigint | undefined; y: bigint | undefined }

/** Where the line through two points meets x = 0. */
function secretOf(one: Share, other: Share): bigint {
  const [x1 = 0n, y1 = 0n, x2 = 0n, y2 = 0n] = [one.x, one.y, other.x, other.y]
  const slope = (y1 - y2) * inverse(x1 - x2)
  return (((y1 - slope * x1) % field) + field) % field
}

function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, ((value % field) + field) % field, field - 2n]
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % field
    base = (base * base) % field
  }
  return result
}

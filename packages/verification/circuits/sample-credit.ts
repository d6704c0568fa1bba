/**
 * A ticket in a tree of others, as the circuit `credit.circom` takes it.
 * @module
 */
import { LeanIMT } from '@zk-kit/lean-imt'
import { poseidon1, poseidon2, poseidon3 } from 'poseidon-lite'

const depth = 20

export type Sample = {
  secret?: bigint
  index?: bigint
  count?: bigint
  expiry?: bigint
  domain?: bigint
  x?: bigint
  aliveAt?: bigint
  /** How many bought before and after. */
  before?: number
  after?: number
}

/** Inputs of the circuit, and what it has to say of them. */
export function sampleCredit(sample: Sample = {}) {
  const { secret = 0x5ec7e7n, index = 2n, count = 5n, expiry = 1_800_000_000n } = sample
  const { domain = 0xd0a1n, x = 0x516a1n, aliveAt = expiry, before = 5, after = 5 } = sample
  const leaf = poseidon3([poseidon1([secret]), count, expiry])
  const others = (many: number, from: number) =>
    Array.from({ length: many }, (_, i) => poseidon1([BigInt(from + i)]))
  const leaves = [...others(before, 1), leaf, ...others(after, 10_000)]
  const tree = new LeanIMT<bigint>((a, b) => poseidon2([a, b]), leaves)
  const path = tree.generateProof(before)
  const fill = (values: bigint[]) => [
    ...values,
    ...Array.from({ length: depth - values.length }, () => 0n),
  ]
  const slope = poseidon3([secret, domain, index])
  return {
    input: {
      ...{ secret, index, count, expiry, domain, x, aliveAt },
      isUsed: fill(path.siblings.map(() => 1n)),
      isRight: fill(path.siblings.map((_, level) => (BigInt(path.index) >> BigInt(level)) & 1n)),
      siblings: fill(path.siblings),
    },
    root: tree.root,
    nullifier: poseidon1([slope]),
    slope,
  }
}

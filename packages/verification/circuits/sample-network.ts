/**
 * Networks for tests of `mlp.circom`.
 * @module
 */
import type { ProofInit } from '../src/proved-models/circuit-input.ts'
import { type Layer, type Network, sizes } from '../src/proved-models/network.ts'

/** Numbers that look drawn, the same for one seed. @param limit - of their size */
export function numbersFrom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * (2 * limit + 1)) - limit
  }
}

export function sampleNetwork(seed: number): Network {
  const next = numbersFrom(seed)
  return networkOf(
    () => next(90),
    () => next(20_000),
  )
}

/** All weights and biases the same. */
export function evenNetwork(weight: number, bias: number): Network {
  return networkOf(
    () => weight,
    () => bias,
  )
}

export function sampleProof(sample: Partial<ProofInit> = {}): ProofInit {
  const next = numbersFrom(7)
  const features = Array.from({ length: sizes[0] }, () => next(127))
  const network = sampleNetwork(1)
  return { network, salt: 0x5a17n, features, domain: 0xd0a1n, request: 0x4e9n, ...sample }
}

function networkOf(weight: () => number, bias: () => number): Network {
  const layer = (inputs: number, outputs: number): Layer => ({
    weights: Array.from({ length: outputs }, () => Array.from({ length: inputs }, weight)),
    biases: Array.from({ length: outputs }, bias),
  })
  const [features, hidden, more, scores] = sizes
  return { layers: [layer(features, hidden), layer(hidden, more), layer(more, scores)] }
}

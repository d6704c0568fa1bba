/**
 * What `circuits/mlp.circom` is given.
 * @module
 */
import type { CircuitInput } from '../proofs/proof.ts'
import type { Network } from './network.ts'
import { packFeatures } from './pack.ts'

export type ProofInit = {
  network: Network
  salt: bigint
  /** 16 of -128 to 127. */
  features: readonly number[]
  /** Chain and contract that the proof is for, as that contract hashes them. */
  domain: bigint
  /** The request there. */
  request: bigint
}

export function circuitInputOf({ network, salt, features, domain, request }: ProofInit) {
  const [first, second, third] = network.layers
  const whole = (values: readonly number[]) => values.map(BigInt)
  return {
    ...{ salt, features: whole(features) },
    ...{ packedFeatures: packFeatures(features), domain, request },
    ...{ weights1: whole(first.weights.flat()), biases1: whole(first.biases) },
    ...{ weights2: whole(second.weights.flat()), biases2: whole(second.biases) },
    ...{ weights3: whole(third.weights.flat()), biases3: whole(third.biases) },
  } satisfies CircuitInput
}

/**
 * What stands in public for a network whose weights do not: a hash that only whom its owner tells can open.
 * @module
 */
import { poseidon10 } from 'poseidon-lite/poseidon10'
import { poseidon16 } from 'poseidon-lite/poseidon16'
import type { Network } from './network.ts'
import { pack } from './pack.ts'

/** @param salt - 248 random bits: without them a small network could be guessed */
export function commitmentOf({ layers }: Network, salt: bigint): bigint {
  const weights = layers.flatMap((layer) => layer.weights.flat())
  const biases = layers.flatMap((layer) => layer.biases)
  const elements = [salt, ...pack(weights, 8), ...pack(biases, 16)]
  const first = poseidon16(elements.slice(0, 16))
  const second = poseidon16([first, ...elements.slice(16, 31)])
  return poseidon10([second, ...elements.slice(31)])
}

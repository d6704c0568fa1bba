/**
 * Proves where it is called: in a worker, or in Node. snarkjs is loaded when it is needed.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { type CircuitInput, fromSnarkjs, type Proved } from './proof.ts'
import type { CircuitName, OpenArtifact } from './read-artifact.ts'

export type ProveStage = 'fetching' | 'computing' | 'proving'

export type ProveInit = {
  circuit: CircuitName
  input: CircuitInput
  open: OpenArtifact
  /** Workers of workers, where that is faster; false where a page is not isolated. */
  isParallel: boolean
  onStage?: (stage: ProveStage) => void
}

/** @throws WeftError `verification/not-provable`, `wrong-artifact`, `no-artifact` */
export async function proveHere(init: ProveInit): Promise<Proved> {
  const { circuit, input, open, isParallel, onStage } = init
  onStage?.('fetching')
  const [{ groth16, wtns }, wasm, zkey] = await Promise.all([
    import('snarkjs'),
    open(circuit, 'wasm'),
    open(circuit, 'zkey'),
  ])
  onStage?.('computing')
  const witness = { type: 'mem' as const }
  try {
    await wtns.calculate(asText(input), wasm, witness)
  } catch (cause) {
    throw new WeftError(
      'verification/not-provable',
      'This cannot be proved, because it is not so: an input does not fit the others. Nothing was sent.',
      { facts: [circuit], cause },
    )
  }
  onStage?.('proving')
  const options = { singleThread: !isParallel }
  const { proof, publicSignals } = await groth16.prove(zkey, witness, undefined, options)
  return { proof: fromSnarkjs(proof), publicSignals: publicSignals.map(BigInt) }
}

function asText(input: CircuitInput): Record<string, string | string[]> {
  const entries = Object.entries(input).map(([name, value]) => [
    name,
    typeof value === 'bigint' ? `${value}` : value.map((each) => `${each}`),
  ])
  return Object.fromEntries(entries)
}

/**
 * Runs inside the browser of the benchmark of proofs: the prover as the site has it.
 * @module
 */
import {
  type CircuitInput,
  type CircuitName,
  createProver,
  type Proved,
} from '@weft/verification/proofs'

export type ProofPage = {
  /** All that is waited for; the first opens a worker and fetches what a proof takes. */
  prove(circuit: CircuitName, input: CircuitInput): Promise<{ proved: Proved; ms: number }>
  /** The same: a worker of its own, a curve and the key, the first time. */
  verify(circuit: CircuitName, proved: Proved): Promise<{ isValid: boolean; ms: number }>
}

const prover = createProver(location.origin)

async function timed<Result>(work: () => Promise<Result>) {
  const startedMs = performance.now()
  const result = await work()
  return { result, ms: performance.now() - startedMs }
}

const page: ProofPage = {
  async prove(circuit, input) {
    const { result, ms } = await timed(() => prover.prove(circuit, input))
    return { proved: result, ms }
  },
  async verify(circuit, proved) {
    const { result, ms } = await timed(() => prover.verify(circuit, proved))
    return { isValid: result, ms }
  },
}
Object.assign(window, { proofs: page })

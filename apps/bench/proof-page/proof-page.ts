/**
 * Runs inside the browser of the benchmark of proofs: the prover as the site has it.
 * @module
 */
import {
  type CircuitInput,
  type CircuitName,
  createProver,
  type Proved,
  verifyHere,
} from '@weft/verification/proofs'

export type ProofPage = {
  /** All of it: a new worker, files from the cache, their hashes, the witness and the proof. */
  prove(circuit: CircuitName, input: CircuitInput): Promise<{ proved: Proved; ms: number }>
  /** With the key in memory, on the page's own thread. */
  verify(circuit: CircuitName, proved: Proved): Promise<{ isValid: boolean; ms: number }>
}

const prover = createProver(location.origin)
const kept = new Map<string, Uint8Array<ArrayBuffer>>()

async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = kept.get(path) ?? new Uint8Array(await (await fetch(`/${path}`)).arrayBuffer())
  kept.set(path, bytes)
  return bytes
}

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
    const { result, ms } = await timed(() => verifyHere(circuit, proved, read))
    return { isValid: result, ms }
  },
}
Object.assign(window, { proofs: page })

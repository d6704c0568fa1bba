/**
 * The prover of a process: on its own thread, so whatever else it does waits meanwhile.
 * @module
 */
import { unlessAborted } from '@weft/protocol'
import { kept } from './kept.ts'
import { proveHere } from './prove-here.ts'
import type { Prover } from './prover.ts'
import { type CircuitName, fromSite, keepArtifacts } from './read-artifact.ts'
import { openVerifier, type Verify } from './verify-here.ts'

/** @param site - where the artifacts are, e.g. `https://weft.example/` */
export function createLocalProver(site: string): Prover {
  const verifiers = new Map<CircuitName, Promise<Verify>>()
  const open = keepArtifacts(fromSite(site))
  return {
    prove(circuit, input, { onStage, signal } = {}) {
      const how = { isParallel: false, ...(onStage && { onStage }) }
      return unlessAborted(proveHere({ circuit, input, open, ...how }), signal, 'The proof')
    },
    async verify(circuit, proved, { signal } = {}) {
      const opening = kept(verifiers, circuit, () => openVerifier(circuit, open))
      return (await unlessAborted(opening, signal, 'The check'))(proved)
    },
  }
}

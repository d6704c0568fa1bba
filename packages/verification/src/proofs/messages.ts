/**
 * What a page and its prover's worker say to each other. Both are of one build, so nothing is validated.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'
import type { CircuitInput, Proved } from './proof.ts'
import type { ProveStage } from './prove-here.ts'
import type { CircuitName } from './read-artifact.ts'

export type ProverRequest = {
  /** Where the artifacts are. */
  site: string
  circuit: CircuitName
} & ({ type: 'prove'; input: CircuitInput } | { type: 'verify'; proved: Proved })

export type ProverResponse =
  | { type: 'stage'; stage: ProveStage }
  | { type: 'proved'; proved: Proved }
  | { type: 'verified'; isValid: boolean }
  | { type: 'error'; error: WeftErrorData }

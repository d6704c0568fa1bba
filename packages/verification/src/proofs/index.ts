/**
 * Zero-knowledge proofs (Groth16): loaded when somebody proves or verifies one.
 * @module
 */
export { artifacts } from './artifacts.ts'
export { createLocalProver } from './local-prover.ts'
export type { CircuitInput, Proof, Proved } from './proof.ts'
export { type ProveStage, proveHere } from './prove-here.ts'
export { createProver, type Prover, type ProverOptions } from './prover.ts'
export { type CircuitName, keepArtifacts, type ReadFile } from './read-artifact.ts'
export { openVerifier, type Verify } from './verify-here.ts'

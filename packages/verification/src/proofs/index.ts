/**
 * Zero-knowledge proofs (Groth16): loaded when somebody proves or verifies one.
 * @module
 */
export { artifacts } from './artifacts.ts'
export type { CircuitInput, Proof, Proved } from './proof.ts'
export { type ProveStage, proveHere, verifyHere } from './prove-here.ts'
export { createProver, type Prover, type ProverOptions } from './prover.ts'
export { type CircuitName, type ReadFile, readArtifact } from './read-artifact.ts'

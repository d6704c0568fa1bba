/**
 * Messages of `/weft/prove/1`: one question to a tab that has to do with a model whose weights are secret, one answer.
 * Whoever has the weights says scores with their proof, whoever has the card alone looks whether a proof holds.
 * @module
 */
import { z } from 'zod'
import { wireErrorSchema } from './infer-messages.ts'
import { cidSchema } from './values.ts'

/** Orders of BN254's base field and of its groups (EIP-197): coordinates and signals are below them. */
export const baseFieldOrder =
  21888242871839275222246405745257275088696311157297823662689037894645226208583n
export const scalarFieldOrder =
  21888242871839275222246405745257275088548364400416034343698204186575808495617n

/** A bigint in memory, a decimal string on the wire: one form for each number. */
const below = (order: bigint) =>
  z.codec(
    z.string().regex(/^(0|[1-9]\d{0,76})$/),
    z
      .bigint()
      .min(0n)
      .max(order - 1n),
    { decode: (text) => BigInt(text), encode: (value) => value.toString(10) },
  )
const signalSchema = below(scalarFieldOrder)
const coordinateSchema = below(baseFieldOrder)
const pairSchema = z.tuple([coordinateSchema, coordinateSchema]).readonly()

/** A Groth16 proof as a contract takes it: of a pair each first is the imaginary part. */
const proofSchema = z.strictObject({
  a: z.strictObject({ x: coordinateSchema, y: coordinateSchema }),
  b: z.strictObject({ x: pairSchema, y: pairSchema }),
  c: z.strictObject({ x: coordinateSchema, y: coordinateSchema }),
})

/** A proof and what it says; what the model says is among its signals, and said nowhere else. */
const provedSchema = z.strictObject({
  proof: proofSchema,
  /** In the order of the circuit. */
  publicSignals: z.array(signalSchema).min(1).max(16).readonly(),
})
export type Proved = z.output<typeof provedSchema>

/** Where a proof is to hold, as a contract hashes it, or a number that was never used, so that none is an old one. */
const purposeFields = { domain: signalSchema, request: signalSchema }

export const proveRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('prove'),
    /** Of the model's card and of the key that its proofs hold by. */
    modelCid: cidSchema,
    /** As the card scales them. */
    features: z.array(z.int().min(-128).max(127)).min(1).max(64),
    ...purposeFields,
  }),
  z.strictObject({ type: z.literal('check'), modelCid: cidSchema, proved: provedSchema }),
])
export type ProveRequest = z.output<typeof proveRequestSchema>

export const proveResponseSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('proved'), proved: provedSchema }),
  z.strictObject({ type: z.literal('checked'), isValid: z.boolean() }),
  z.strictObject({
    type: z.literal('refusal'),
    error: wireErrorSchema,
    /** When asking again may help; 0 where it does not. */
    retryAfterMs: z.int().min(0).max(600_000),
  }),
])
export type ProveResponse = z.output<typeof proveResponseSchema>

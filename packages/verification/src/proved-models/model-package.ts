/**
 * A model that is proved, as two halves: a card, which everybody may see and a chain names by its hash, and what is
 * secret.
 * @module
 */
import { cidOf, encode, hashValue, parse, WeftError } from '@weft/protocol'
import { z } from 'zod'
import { artifacts } from '../proofs/artifacts.ts'
import { commitmentOf } from './commitment.ts'
import { type Layer, type Network, sizes } from './network.ts'
import { wholeFeatures } from './quantise.ts'

const [featureCount, hidden, more, classCount] = sizes
const wordsSchema = z.string().min(1).max(80)
const numberSchema = z.number().min(-1e12).max(1e12)
const shareSchema = z.number().min(0).max(1)
/** Below the order of the field; in JSON as a decimal string. */
const elementSchema = z
  .string()
  .regex(/^(0|[1-9]\d{0,76})$/)
  .refine((text) => BigInt(text) < 2n ** 254n, { error: 'expected a number of the field' })

const featureSchema = z.strictObject({
  name: wordsSchema,
  unit: z.string().max(40),
  /** The range that it was seen in: what is beyond counts as its end. */
  low: numberSchema,
  high: numberSchema,
  /** A feature is scale * whole number + offset. */
  scale: numberSchema.positive(),
  offset: numberSchema,
})

export const cardSchema = z.strictObject({
  version: z.literal(1),
  /** Which proves it; it has the sizes. */
  circuit: z.literal('mlp'),
  name: wordsSchema,
  description: z.string().min(1).max(400),
  /** An SPDX identifier. */
  licence: wordsSchema,
  features: z.array(featureSchema).length(featureCount),
  /** The largest score says which. */
  classes: z.array(wordsSchema).length(classCount),
  /** One of a whole score in the model's own. */
  scoreScale: z.number().positive().max(1e12),
  /** To the weights and their salt; see `commitment.ts`. */
  commitment: elementSchema,
  /** By `npm run quantise`, on rows that it did not look at before. */
  measured: z.strictObject({
    rows: z.int().min(1).max(1e9),
    accuracyBefore: shareSchema,
    accuracyAfter: shareSchema,
    accuracyDropPercent: z.number().min(-100).max(100),
    agreement: shareSchema,
    meanScoreError: numberSchema.min(0),
    largestScoreError: numberSchema.min(0),
  }),
})

export type ModelCard = z.infer<typeof cardSchema>

const layerSchema = (inputs: number, outputs: number) =>
  z.strictObject({
    weights: z.array(z.array(z.int().min(-128).max(127)).length(inputs)).length(outputs),
    biases: z.array(z.int().min(-32_768).max(32_767)).length(outputs),
  }) satisfies z.ZodType<Layer>

export const packageSchema = z.strictObject({
  card: cardSchema,
  /** Whoever has this has the model. */
  secret: z.strictObject({
    salt: elementSchema,
    layers: z.tuple([
      layerSchema(featureCount, hidden),
      layerSchema(hidden, more),
      layerSchema(more, classCount),
    ]),
  }),
})

export type ModelPackage = z.infer<typeof packageSchema>

/**
 * @param json - as `npm run quantise` writes it
 * @throws MalformedError; WeftError `verification/wrong-weights`
 */
export function readPackage(json: unknown): ModelPackage {
  const found = parse('model package', packageSchema, json)
  if (commitmentOf(networkOf(found), BigInt(found.secret.salt)) !== BigInt(found.card.commitment)) {
    throw new WeftError(
      'verification/wrong-weights',
      'The weights of this model are not those that its card commits to. Nothing was proved. Ask its owner for the right ones.',
      { facts: [found.card.name] },
    )
  }
  return found
}

export function networkOf({ secret }: Pick<ModelPackage, 'secret'>): Network {
  return { layers: secret.layers }
}

/** By which a chain names the model. @returns 32 bytes */
export function cardHash(card: ModelCard): Uint8Array {
  return hashValue('proved model card', cardSchema, card)
}

const servedSchema = z.strictObject({ card: cardSchema, key: z.string() })

/**
 * By which tabs name the model: with the key that its proofs hold by. So a tab of another build, whose key is another,
 * offers something else and is not asked; its honest proofs would look like lies.
 * @param key - the SHA-256 of the verification key, as this build has it
 */
export function servedCid(
  card: ModelCard,
  key: string = artifacts[card.circuit].artifacts.verificationKey.sha256,
): string {
  return cidOf(encode('proved model', servedSchema, { card, key }))
}

/** @param answers - in the units of the card @returns -127 to 127 each */
export function featuresOf({ features }: ModelCard, answers: readonly number[]): number[] {
  return wholeFeatures(features, answers)
}

/**
 * A model that is proved, in a tab: one that has its weights says scores with their proof, any other checks them.
 * @module
 */
import type { ProofPurpose, ProvedAnswer } from '@weft/payments/chain'
import { bytesToHex, type Hex } from '@weft/protocol'
import { createProver, type Proved, type ProverOptions } from '@weft/verification/proofs'
import {
  cardHash,
  circuitInputOf,
  classOf,
  featuresOf,
  type ModelCard,
  networkOf,
  packFeatures,
  readPackage,
  scoresOf,
  unpackScores,
} from '@weft/verification/proved-models'

export type Scores = {
  /** In the model's own scale, one for each class. */
  scores: readonly number[]
  /** The class that they say, by its place in the card. */
  outcome: number
  /** What they are of, as a contract is asked. */
  packedFeatures: bigint
}

export type ProvedModel = {
  card: ModelCard
  /** By which a chain names it. */
  hash: Hex
  /** At once. @param answers - in the units of the card */
  score(answers: readonly number[]): Scores
  /**
   * The same scores, proved in a worker.
   * @throws WeftError as `Prover.prove`
   */
  prove(answers: readonly number[], purpose: ProofPurpose, options?: ProverOptions): Promise<Proved>
}

/**
 * @param json - a package: the card and what is secret
 * @param site - where the key and its program are, e.g. `location.origin`
 * @throws MalformedError; WeftError `verification/wrong-weights`
 */
export function openProvedModel(json: unknown, site: string): ProvedModel {
  const found = readPackage(json)
  const { card, secret } = found
  const network = networkOf(found)
  const prover = createProver(site)
  return {
    card,
    hash: hashOf(card),
    score(answers) {
      const features = featuresOf(card, answers)
      return inScale(card, scoresOf(network, features), packFeatures(features))
    },
    prove(answers, purpose, options) {
      const features = featuresOf(card, answers)
      const salt = BigInt(secret.salt)
      return prover.prove('mlp', circuitInputOf({ network, salt, features, ...purpose }), options)
    },
  }
}

export type CheckedScores = Scores & { isValid: boolean }

/** What a proof says to whoever has the model's card and nothing else. @throws WeftError as `Prover.verify` */
export async function checkScores(
  card: ModelCard,
  proved: Proved,
  site: string,
  options?: ProverOptions,
): Promise<CheckedScores> {
  const [commitment, packedScores = 0n, packedFeatures = 0n] = proved.publicSignals
  const isThisModel = commitment === BigInt(card.commitment)
  const isValid = isThisModel && (await createProver(site).verify('mlp', proved, options))
  return { ...inScale(card, unpackScores(packedScores), packedFeatures), isValid }
}

/** As the contract takes it. */
export function answerOf({ proof, publicSignals }: Proved): ProvedAnswer {
  const [, packedScores = 0n, , domain = 0n, request = 0n] = publicSignals
  return { packedScores, domain, request, proof }
}

function inScale(card: ModelCard, whole: readonly number[], packedFeatures: bigint): Scores {
  const scores = whole.map((score) => score * card.scoreScale)
  return { scores, outcome: classOf(whole), packedFeatures }
}

function hashOf(card: ModelCard): Hex {
  return `0x${bytesToHex(cardHash(card))}`
}

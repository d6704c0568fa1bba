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
  servedCid,
  unpackScores,
} from '@weft/verification/proved-models'

export type Scores = {
  /** In the model's own scale, one for each class. */
  scores: readonly number[]
  /** The class that they say, by its place in the card. */
  outcome: number
  /** What they are of, as the card scales it: -127 to 127 each. */
  features: readonly number[]
  /** The same, as a contract is asked. */
  packedFeatures: bigint
}

export type ProvedModel = {
  card: ModelCard
  /** By which a chain names it. */
  hash: Hex
  /** By which tabs name it, together with the key that its proofs hold by. */
  cid: string
  /** At once. @param answers - in the units of the card */
  score(answers: readonly number[]): Scores
  /**
   * What it says, proved in a worker.
   * @param features - of `score`
   * @throws WeftError as `Prover.prove`
   */
  prove(
    features: readonly number[],
    purpose: ProofPurpose,
    options?: ProverOptions,
  ): Promise<Proved>
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
    cid: servedCid(card),
    score(answers) {
      const features = featuresOf(card, answers)
      return inScale(card, scoresOf(network, features), features)
    },
    prove(features, purpose, options) {
      const salt = BigInt(secret.salt)
      return prover.prove('mlp', circuitInputOf({ network, salt, features, ...purpose }), options)
    },
  }
}

export type CheckedScores = Pick<Scores, 'scores' | 'outcome'> & { isValid: boolean }

/** What a proof has to be about, to be the answer to a question. */
export type Asked = ProofPurpose & { packedFeatures: bigint }

/**
 * What a proof says to whoever has the model's card and nothing else.
 * @param asked - null for one that somebody else asked for
 * @throws WeftError as `Prover.verify`
 */
export async function checkScores(
  { card, proved, asked }: { card: ModelCard; proved: Proved; asked: Asked | null },
  site: string,
  options?: ProverOptions,
): Promise<CheckedScores> {
  const [commitment, packedScores = 0n, packedFeatures, domain, request] = proved.publicSignals
  const isAnswer =
    asked === null ||
    (asked.packedFeatures === packedFeatures &&
      asked.domain === domain &&
      asked.request === request)
  const isThisModel = commitment === BigInt(card.commitment)
  const isValid =
    isAnswer && isThisModel && (await createProver(site).verify('mlp', proved, options))
  const whole = unpackScores(packedScores)
  return { scores: inUnits(card, whole), outcome: classOf(whole), isValid }
}

/** As the contract takes it. */
export function answerOf({ proof, publicSignals }: Proved): ProvedAnswer {
  const [, packedScores = 0n, , domain = 0n, request = 0n] = publicSignals
  return { packedScores, domain, request, proof }
}

function inScale(card: ModelCard, whole: readonly number[], features: readonly number[]): Scores {
  const packedFeatures = packFeatures(features)
  return { scores: inUnits(card, whole), outcome: classOf(whole), features, packedFeatures }
}

function inUnits({ scoreScale }: ModelCard, whole: readonly number[]): number[] {
  return whole.map((score) => score * scoreScale)
}

function hashOf(card: ModelCard): Hex {
  return `0x${bytesToHex(cardHash(card))}`
}

/**
 * The verifier's half of a check: an answer of somebody else is computed again on this tab's engine, choice by
 * choice, and what comes of it is signed.
 * @module
 */
import type { Engine, Score } from '@weft/engine'
import type { Network } from '@weft/network'
import {
  type AuditRequest,
  type AuditResponse,
  addressFromPeerId,
  bytesEqual,
  type ChatManifest,
  type Court,
  checkClaim,
  checkPrompt,
  findingHash,
  type Outcome,
  type PrivateKey,
  peerIdFromPrivateKey,
  receiptId,
  signVerdict,
  unlessAborted,
  WeftError,
} from '@weft/protocol'
import {
  type LikenessesInit,
  likenessesOf,
  questionOf,
  type Scored,
  verify,
} from '@weft/verification'
import { maxBytesPerToken } from '../serve.ts'
import { tokenizerHash } from '../tokenizer-hash.ts'
import { isSameCourt } from './ask-verifier.ts'
import type { CourtView } from './court-view.ts'
import { isDrawn } from './is-drawn.ts'

export type CheckingInit = {
  network: Pick<Network, 'handleAudits'>
  engine: Pick<Engine, 'score'>
  /** Of the model that is loaded. */
  modelCid: string
  manifest: ChatManifest
  privateKey: PrivateKey
  /** Whether this tab has other work now: answers that are paid come first. */
  isBusy: () => boolean
  /** Where its word may count; null or left out where it counts nowhere. */
  court?: () => CourtView | null
  onStart?: () => void
  /** A check is over, and its asker is about to be told; null where nothing came of it. */
  onEnd?: (checked: CheckedAnswer | null) => void
}

export type CheckedAnswer = {
  request: AuditRequest
  askerPeerId: string
  outcome: Outcome
  /** Why, for people. */
  sentence: string
  /** What it can say before a court; null where it is not sure: who is in the minority there pays. */
  testimony: Testimony | null
  /** The verdict counts before a court. */
  isForCourt: boolean
  atMs: number
  /** For all of it. */
  ms: number
}

/** `finding` is `findingHash` of what was found. */
type Testimony = { isFalse: boolean; finding: Uint8Array }

/** With who has asked for it. */
export type AskedTestimony = Testimony & { askerPeerId: string }

/** Checks answers until stopped; what is under way then is ended. @returns stops it */
export function checkAnswers(init: CheckingInit): () => void {
  const { network, isBusy } = init
  const over = new AbortController()
  let isChecking = false
  const stop = network.handleAudits(async (request, { peerId, signal }) => {
    if (isChecking || isBusy()) return busy
    isChecking = true
    const atMs = Date.now()
    let checked: CheckedAnswer | null = null
    init.onStart?.()
    try {
      const either = AbortSignal.any([signal, over.signal])
      const { response, ...found } = await checkAnswer(init, request, either)
      checked = { request, askerPeerId: peerId, ...found, atMs, ms: Date.now() - atMs }
      return response
    } finally {
      isChecking = false
      init.onEnd?.(checked)
    }
  })
  return () => {
    stop()
    over.abort(new WeftError('sdk/stopped', 'This tab checks no answers any more.'))
  }
}

/**
 * @throws WeftError `verification/other-model`, `verification/not-calibrated`, `protocol/receipt`,
 *   `protocol/signature`; `engine/*` for what this device cannot compute
 */
async function checkAnswer(
  { engine, modelCid, manifest, privateKey, court }: CheckingInit,
  { job, nonce, tokens, fingerprints, receipt, court: asked }: AuditRequest,
  signal: AbortSignal,
): Promise<Found> {
  if (job.modelCid !== modelCid) throw otherModel()
  const { thresholds } = manifest
  if (!thresholds) throw notCalibrated()
  checkPrompt(job, { maxBytes: manifest.contextTokens * maxBytesPerToken })
  checkClaim(receipt, { job, nonce, tokens, fingerprints })
  if (!bytesEqual(receipt.tokenizerHash, tokenizerHash(manifest))) throw otherModel()
  const { maxTokens } = job
  const { contextTokens } = manifest
  const judged = { receipt, maxTokens, contextTokens, answer: tokens }
  const question = questionOf({ job, nonce, answer: tokens, finishReason: receipt.finishReason })
  const ask = async (hiddenStates: boolean): Promise<Scored> => {
    const [score] = await engine.score([question], { topK: 0, hiddenStates, signal })
    if (!score) throw new WeftError('sdk/no-score', 'The engine said nothing of this answer.')
    return asTold(score, { fingerprints, firstToken: receipt.firstToken, tokens: tokens.length })
  }
  let scored = await ask(false)
  // What margins leave open, the states may tell: few honest answers are read twice for that.
  const isOpen = verify(judged, scored, thresholds).outcome === 'suspicious'
  if (isOpen && fingerprints.length > 0) scored = await ask(true)
  const { inputTokens, likenesses } = scored
  const { outcome, margins, sentence } = verify(judged, scored, thresholds)
  const bytes = new Uint8Array(Float32Array.from(margins).buffer)
  const finding = { outcome, inputTokens, margins: bytes, likenesses: [...likenesses] }
  const verifierPeerId = peerIdFromPrivateKey(privateKey)
  const said: Testimony = { isFalse: outcome === 'failed', finding: findingHash(finding) }
  const testimony = outcome === 'suspicious' ? null : said
  const claim = { asked, receipt, verifierPeerId }
  const counts = testimony && (await whereItCounts(court?.() ?? null, claim, signal))
  const about = { receiptId: receiptId(receipt), ...said, court: counts }
  const verdict = signVerdict({ verifierPeerId, ...about }, privateKey)
  const response: AuditResponse = { type: 'verdict', verdict, finding }
  return { response, outcome, sentence, testimony, isForCourt: counts !== null }
}

type Found = Pick<CheckedAnswer, 'outcome' | 'sentence' | 'testimony' | 'isForCourt'> & {
  response: AuditResponse
}

/** The asker waits, and nobody else is served. */
const courtMs = 20_000

/**
 * Who signed for any court that is asked for could be made to testify in a case that was made up for it.
 * @returns null as well where the chain does not say in time: then the asker alone is told what was computed
 */
async function whereItCounts(
  court: CourtView | null,
  {
    asked,
    receipt,
    verifierPeerId,
  }: Pick<AuditRequest, 'receipt'> & { asked: Court | null; verifierPeerId: string },
  signal: AbortSignal,
): Promise<Court | null> {
  if (!court || !asked || !isSameCourt(court.court, asked)) return null
  const limit = AbortSignal.any([signal, AbortSignal.timeout(courtMs)])
  try {
    const own = addressFromPeerId(verifierPeerId)
    const drawn = isDrawn(court, receipt, own, { signal: limit })
    return (await unlessAborted(drawn, limit, 'The check')) ? asked : null
  } catch (error) {
    if (signal.aborted) throw error
    return null
  }
}

/** Rounded as they are sent, so that whoever reads the margins comes to the same outcome. */
function asTold(
  { inputTokens, choices, hiddenStates }: Score,
  { fingerprints, ...place }: { fingerprints: readonly Uint8Array[] } & LikenessPlace,
): Scored {
  const likenesses = hiddenStates ? likenessesOf(fingerprints, { ...place, hiddenStates }) : []
  if (!choices) return { inputTokens, choices, likenesses }
  const margins = Float64Array.from(Float32Array.from(choices.margins))
  return { inputTokens, choices: { ...choices, margins }, likenesses }
}

type LikenessPlace = Omit<LikenessesInit, 'hiddenStates'>

const busy: AuditResponse = {
  type: 'refusal',
  error: { code: 'sdk/busy', message: 'This tab has other work now.' },
  retryAfterMs: 5_000,
}

function otherModel(): WeftError {
  return new WeftError('verification/other-model', 'This tab checks answers of another model.')
}

export function notCalibrated(): WeftError {
  return new WeftError(
    'verification/not-calibrated',
    'Nobody has measured yet how far honest devices are from each other with this model, so no answer of it can be judged.',
  )
}

/**
 * The client's half of a check: another tab, by lot, looks at an answer and signs what it found. What several
 * say together is no matter of this file.
 * @module
 */
import type { Network } from '@weft/network'
import {
  type AuditRequest,
  type AuditResponse,
  addressFromPeerId,
  bytesEqual,
  type Court,
  checkVerdict,
  findingHash,
  type Hex,
  type Manifest,
  type Registration,
  receiptId,
  WeftError,
} from '@weft/protocol'
import type { AnswerRecord, Opinion } from '@weft/storage'
import { outcomeOf } from '@weft/verification'
import { drawTabs } from '../find-tabs.ts'
import type { NodeMemory } from '../node-memory.ts'
import type { WaitOptions } from '../tab.ts'

export type AskVerifierInit = {
  network: Pick<Network, 'peerId' | 'findOffers' | 'audit'>
  memory: Pick<NodeMemory, 'failed' | 'lied' | 'isLiar'>
  manifestOf(modelCid: string): Manifest
}

/** Verifiers that are asked before a check is given up: each has its own deadline. */
const maxTries = 3

type AskVerifierOptions = WaitOptions & {
  /** PeerIds that are not asked: who made the answer, who was asked before. */
  without: readonly string[]
  /** Only verifiers with these addresses; null: anybody. */
  drawn: readonly Hex[] | null
}

/**
 * Asks one verifier after the other, in random order, until one says what it found. Who signs something else than it
 * was asked about is remembered as a liar.
 * @throws WeftError `sdk/no-verifiers`; the reason that the last verifier gave; `network/*`; CancelledError
 */
export async function askVerifier(
  { network, memory, manifestOf }: AskVerifierInit,
  request: AuditRequest,
  { signal, without, drawn }: AskVerifierOptions,
): Promise<Opinion> {
  const { modelCid } = request.job
  const manifest = manifestOf(modelCid)
  const options = signal ? { signal } : {}
  const tabs = await drawTabs({ network, memory }, { role: 'verifies', modelCid }, options)
  const verifiers = tabs.filter(
    ({ peerId }) =>
      !without.includes(peerId) && (drawn?.includes(addressFromPeerId(peerId)) ?? true),
  )
  let reason: unknown = noVerifiers()
  for (const verifier of verifiers.slice(0, maxTries)) {
    try {
      const response = await network.audit(verifier, request, options)
      if (response.type === 'verdict') return opinionOf(response, { verifier, request, manifest })
      reason = new WeftError(response.error.code, response.error.message)
    } catch (error) {
      if (signal?.aborted) throw error
      if (WeftError.is(error) && error.code === 'sdk/false-verdict') memory.lied(verifier.peerId)
      else memory.failed(verifier.peerId)
      reason = error
    }
  }
  throw reason
}

/**
 * What a verifier is shown of an answer.
 * @throws WeftError `sdk/nothing-to-check` for one that nobody signed
 */
export function claimOf({ job, nonce, tokens, fingerprints, receipt }: AnswerRecord): AuditRequest {
  if (!nonce || !receipt || receipt.outputTokens === 0) {
    throw new WeftError(
      'sdk/nothing-to-check',
      'Nobody has signed for this answer, so there is nobody to hold to it.',
    )
  }
  const end = receipt.firstToken + receipt.outputTokens
  return { job, nonce, tokens: tokens.slice(0, end), fingerprints, receipt, court: null }
}

/**
 * The outcome has to follow from the margins and likenesses, or from what the receipt says of prompt and end.
 * @throws WeftError `sdk/false-verdict` for one that is about something else, or signed by somebody else
 */
export function opinionOf(
  { verdict, finding }: Extract<AuditResponse, { type: 'verdict' }>,
  {
    verifier,
    request,
    manifest,
  }: { verifier: Registration; request: AuditRequest; manifest: Manifest },
): Opinion {
  const { receipt } = request
  if (finding.margins.length % 4 !== 0) throw falseVerdict()
  const margins = new Float32Array(finding.margins.slice().buffer)
  const thresholds = manifest.task === 'chat' ? manifest.thresholds : undefined
  const { contextTokens } = manifest
  const judged = { receipt, maxTokens: request.job.maxTokens, contextTokens }
  const { inputTokens, likenesses } = finding
  const expected = thresholds && outcomeOf(judged, { inputTokens, margins, likenesses }, thresholds)
  // The end of the model is a choice as well.
  const choices = [receipt.outputTokens, receipt.outputTokens + 1]
  const isAbout =
    verdict.verifierPeerId === verifier.peerId &&
    (verdict.court === null || isSameCourt(verdict.court, request.court)) &&
    bytesEqual(verdict.receiptId, receiptId(receipt)) &&
    bytesEqual(verdict.finding, findingHash(finding)) &&
    verdict.isFalse === (finding.outcome === 'failed') &&
    choices.includes(finding.margins.length / 4) &&
    finding.outcome === expected &&
    [0, request.fingerprints.length].includes(likenesses.length) &&
    margins.every((margin) => margin >= 0)
  if (!isAbout) throw falseVerdict()
  try {
    checkVerdict(verdict)
  } catch (cause) {
    throw falseVerdict(cause)
  }
  return {
    verifierPeerId: verifier.peerId,
    outcome: finding.outcome,
    firstToken: receipt.firstToken,
    margins,
    likenesses,
    verdict,
    atMs: Date.now(),
  }
}

export function isSameCourt(a: Court, b: Court | null): boolean {
  return a.chainId === b?.chainId && a.contract === b.contract
}

function falseVerdict(cause?: unknown): WeftError {
  return new WeftError(
    'sdk/false-verdict',
    'The verifier signed something else than it was asked about. Another one is asked.',
    { cause },
  )
}

function noVerifiers(): WeftError {
  return new WeftError(
    'sdk/no-verifiers',
    'No other tab checks answers of this model now. Check it on this device, or try again later.',
  )
}

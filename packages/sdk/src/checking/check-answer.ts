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
  bytesEqual,
  type ChatManifest,
  checkClaim,
  checkMessages,
  findingHash,
  type PrivateKey,
  peerIdFromPrivateKey,
  receiptId,
  signVerdict,
  WeftError,
} from '@weft/protocol'
import { questionOf, type Scored, verify } from '@weft/verification'
import { maxBytesPerToken } from '../serve.ts'
import { tokenizerHash } from '../tokenizer-hash.ts'

export type CheckingInit = {
  network: Pick<Network, 'handleAudits'>
  engine: Pick<Engine, 'score'>
  /** Of the model that is loaded. */
  modelCid: string
  manifest: ChatManifest
  privateKey: PrivateKey
  /** Whether this tab has other work now: answers that are paid come first. */
  isBusy: () => boolean
  /** A check is over, its asker told. */
  onChecked?: () => void
}

/** Checks answers until stopped; what is under way then is ended. @returns stops it */
export function checkAnswers(init: CheckingInit): () => void {
  const { network, onChecked, isBusy } = init
  const over = new AbortController()
  let isChecking = false
  const stop = network.handleAudits(async (request, { signal }) => {
    if (isChecking || isBusy()) return busy
    isChecking = true
    try {
      const either = AbortSignal.any([signal, over.signal])
      const answer = await checkAnswer(init, request, either)
      onChecked?.()
      return answer
    } finally {
      isChecking = false
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
  { engine, modelCid, manifest, privateKey }: CheckingInit,
  { job, nonce, tokens, receipt }: AuditRequest,
  signal: AbortSignal,
): Promise<AuditResponse> {
  if (job.modelCid !== modelCid) throw otherModel()
  const { thresholds } = manifest
  if (!thresholds) throw notCalibrated()
  checkMessages(job.messages, { maxBytes: manifest.contextTokens * maxBytesPerToken })
  checkClaim(receipt, { job, nonce, tokens })
  if (!bytesEqual(receipt.tokenizerHash, tokenizerHash(manifest))) throw otherModel()
  const question = questionOf({ job, nonce, answer: tokens, finishReason: receipt.finishReason })
  const [score] = await engine.score([question], { topK: 0, hiddenStates: false, signal })
  if (!score) throw new WeftError('sdk/no-score', 'The engine said nothing of this answer.')
  const { inputTokens } = score
  const judged = { receipt, answer: tokens }
  const { outcome, margins } = verify(judged, asTold(score), thresholds)
  const bytes = new Uint8Array(Float32Array.from(margins).buffer)
  const finding = { outcome, inputTokens, margins: bytes }
  const verdict = signVerdict(
    {
      verifierPeerId: peerIdFromPrivateKey(privateKey),
      receiptId: receiptId(receipt),
      isFalse: outcome === 'failed',
      finding: findingHash(finding),
      // Who signed for any court could be made to testify in a case that was made up for it.
      court: null,
    },
    privateKey,
  )
  return { type: 'verdict', verdict, finding }
}

/** Rounded as they are sent, so that whoever reads the margins comes to the same outcome. */
function asTold({ inputTokens, choices }: Score): Scored {
  if (!choices) return { inputTokens, choices, likenesses: [] }
  const margins = Float64Array.from(Float32Array.from(choices.margins))
  return { inputTokens, choices: { ...choices, margins }, likenesses: [] }
}

const busy: AuditResponse = {
  type: 'refusal',
  error: { code: 'sdk/busy', message: 'This tab has other work now.' },
  retryAfterMs: 5_000,
}

function otherModel(): WeftError {
  return new WeftError('verification/other-model', 'This tab checks answers of another model.')
}

function notCalibrated(): WeftError {
  return new WeftError(
    'verification/not-calibrated',
    'Nobody has measured yet how far honest devices are from each other with this model, so no answer of it can be judged.',
  )
}

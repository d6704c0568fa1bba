/**
 * The verifier's half of a check: an answer of somebody else is computed again on this tab's engine, choice by
 * choice, and what comes of it is signed.
 * @module
 */
import type { Engine } from '@weft/engine'
import type { AuditHandler, Network } from '@weft/network'
import {
  bytesEqual,
  type ChatManifest,
  checkClaim,
  findingHash,
  type PrivateKey,
  peerIdFromPrivateKey,
  receiptId,
  signVerdict,
  WeftError,
} from '@weft/protocol'
import { questionOf, verify } from '@weft/verification'
import { tokenizerHash } from '../tokenizer-hash.ts'

export type CheckingInit = {
  network: Pick<Network, 'handleAudits'>
  engine: Pick<Engine, 'score'>
  /** Of the model that is loaded. */
  modelCid: string
  manifest: ChatManifest
  privateKey: PrivateKey
  /** A check is over, its asker told. */
  onChecked?: () => void
}

/** Checks answers until stopped; what is under way then is ended. @returns stops it */
export function checkAnswers(init: CheckingInit): () => void {
  const { network, onChecked } = init
  const over = new AbortController()
  const stop = network.handleAudits(async (request, { peerId, signal }) => {
    const either = AbortSignal.any([signal, over.signal])
    const answer = await checkAnswer(init)(request, { peerId, signal: either })
    onChecked?.()
    return answer
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
function checkAnswer({ engine, modelCid, manifest, privateKey }: CheckingInit): AuditHandler {
  return async ({ job, nonce, tokens, receipt, court }, { signal }) => {
    if (job.modelCid !== modelCid) throw otherModel()
    const { thresholds } = manifest
    if (!thresholds) throw notCalibrated()
    checkClaim(receipt, { job, nonce, tokens })
    if (!bytesEqual(receipt.tokenizerHash, tokenizerHash(manifest))) throw otherModel()
    const question = questionOf({ job, nonce, answer: tokens, finishReason: receipt.finishReason })
    const [score] = await engine.score([question], { topK: 1, hiddenStates: false, signal })
    if (!score) throw new WeftError('sdk/no-score', 'The engine said nothing of this answer.')
    const { outcome, margins } = verify(
      { receipt, answer: tokens },
      { ...score, likenesses: [] },
      thresholds,
    )
    const finding = { outcome, margins: new Uint8Array(Float32Array.from(margins).buffer) }
    const verdict = signVerdict(
      {
        verifierPeerId: peerIdFromPrivateKey(privateKey),
        receiptId: receiptId(receipt),
        isFalse: outcome === 'failed',
        finding: findingHash(finding),
        court,
      },
      privateKey,
    )
    return { type: 'verdict', verdict, finding }
  }
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

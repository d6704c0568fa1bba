/**
 * Claims whose verdict is known beforehand, for verifiers that say what is easy: an answer that passed, changed
 * where nobody looks who looks at its beginning alone, and signed by a key that was made for it.
 * @module
 */
import {
  type AuditRequest,
  createPrivateKey,
  freePrice,
  jobId,
  peerIdFromPrivateKey,
  signReceipt,
  TokenChain,
} from '@weft/protocol'
import type { NodeMemory } from '../node-memory.ts'
import { type AskVerifierInit, askVerifier } from './ask-verifier.ts'

/** So many changed tokens fail with every calibrated model: two that are clipped do. */
const leastChanged = 12

export type TryVerifierInit = AskVerifierInit & { memory: Pick<NodeMemory, 'lied'> }

/**
 * Asks one verifier about a claim that is false. Who lets it pass is believed no more for a while.
 * @param without - PeerIds of those who know the answer: its makers, and who has checked it
 * @throws what `askVerifier` throws
 */
export async function tryVerifier(
  init: TryVerifierInit,
  claim: AuditRequest,
  { signal, without }: { signal: AbortSignal; without: readonly string[] },
): Promise<void> {
  const doctored = doctor(claim)
  if (!doctored) return
  const { outcome, verifierPeerId } = await askVerifier(init, doctored, {
    without,
    drawn: null,
    signal,
  })
  if (outcome === 'passed') init.memory.lied(verifierPeerId)
}

/**
 * The second half of what the node said, each token where another one was. It names no channel, so nobody can be
 * paid by it, and a key that has no stake.
 * @returns null for an answer that is too short, or says the same all over
 */
export function doctor({
  job,
  nonce,
  tokens,
  fingerprints,
  receipt,
}: AuditRequest): AuditRequest | null {
  const { signature: _, ...honest } = receipt
  const from = receipt.firstToken + Math.ceil(receipt.outputTokens / 2)
  const half = tokens.slice(from)
  const turn = Math.ceil(half.length / 2)
  const other = [...tokens.slice(0, from), ...half.slice(turn), ...half.slice(0, turn)]
  const changed = other.filter((token, index) => token !== tokens[index]).length
  if (changed < leastChanged) return null
  const privateKey = createPrivateKey()
  const chain = new TokenChain({ jobId: jobId(job), nonce })
  chain.push(other.slice(0, receipt.firstToken))
  chain.push(other.slice(receipt.firstToken), fingerprints)
  const unsigned = {
    ...honest,
    nodePeerId: peerIdFromPrivateKey(privateKey),
    tokenChain: chain.windows(),
    price: freePrice,
    costWei: 0n,
    channelId: null,
  }
  const signed = signReceipt(unsigned, privateKey)
  return { job, nonce, tokens: other, fingerprints, receipt: signed, court: null }
}

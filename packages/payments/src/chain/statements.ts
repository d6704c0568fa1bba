/**
 * Receipts and verdicts as Verdicts takes them.
 * @module
 */
import {
  addressFromPeerId,
  type Hex,
  type Receipt,
  receiptHash,
  receiptOnChain,
  type Verdict,
  verdictHash,
  WeftError,
} from '@weft/protocol'
import { bytesToHex } from 'viem'
import { type CompactSignature, compactSignature } from '../signatures.ts'

type ReceiptArgument = CompactSignature & {
  content: Hex
  channelId: Hex
  payer: Hex
  model: Hex
  costWei: bigint
  endedAt: bigint
}

type VerdictArgument = CompactSignature & { isFalse: boolean; finding: Hex }

/** @throws WeftError `payments/not-signed` for one that its node did not sign */
export function receiptArgument(receipt: Receipt): ReceiptArgument {
  const { content, ...read } = receiptOnChain(receipt)
  const signed = signatureOf(receiptHash(receipt), receipt.signature, receipt.nodePeerId)
  return { ...read, content: bytesToHex(content), ...signed }
}

/** @throws WeftError `payments/not-signed` for one that its verifier did not sign */
export function verdictArgument(verdict: Verdict): VerdictArgument {
  const { isFalse, finding } = verdict
  const signed = signatureOf(verdictHash(verdict), verdict.signature, verdict.verifierPeerId)
  return { isFalse, finding: bytesToHex(finding), ...signed }
}

function signatureOf(hash: Uint8Array, signature: Uint8Array, peerId: string): CompactSignature {
  const compact = compactSignature(hash, signature, addressFromPeerId(peerId))
  if (compact) return compact
  throw new WeftError(
    'payments/not-signed',
    'This statement is not signed by the key that it names, so no contract takes it.',
  )
}

/**
 * Verdict: a verifier's signed statement about a receipt. EIP-712, so that a contract can act on it: see
 * `contracts/Statements.sol` and decision 41.
 * @module
 */
import { z } from 'zod'
import { addressSchema } from './address.ts'
import { hashValue } from './codec.ts'
import { likenessSchema } from './fingerprint.ts'
import { limits, tokensPerWindow } from './limits.ts'
import { checkHash, type PrivateKey, signatureSchema, signHash } from './signature.ts'
import { hashStruct, hashText, hashTyped } from './typed-data.ts'
import { boundedBytesSchema, bytesSchema, peerIdSchema } from './values.ts'

/**
 * `failed`: not this model under these settings, but for fewer than one honest answer in ten thousand.
 * `suspicious`: rare with honest devices. `passed`: as honest devices do.
 */
export const outcomeSchema = z.enum(['passed', 'suspicious', 'failed'])
export type Outcome = z.infer<typeof outcomeSchema>

/** What a verifier found, in full; its hash is in the verdict. */
export const findingSchema = z.strictObject({
  outcome: outcomeSchema,
  /** Of the prompt, as the verifier reads it. */
  inputTokens: z.int().min(1).max(1_000_000),
  /** float32, little endian, in logits: one for each choice of the node, its end included. */
  margins: boundedBytesSchema(4 * (limits.maxOutputTokens + 1)),
  /** Of the node's fingerprints, all of them, where margins alone leave it open; else none. */
  likenesses: z.array(likenessSchema).max(limits.maxOutputTokens / tokensPerWindow),
})
export type FindingOnWire = z.output<typeof findingSchema>

/** Where a verdict counts: Verdicts, on one chain. */
export const courtSchema = z.strictObject({
  chainId: z.int().min(1),
  contract: addressSchema,
})
export type Court = z.output<typeof courtSchema>

export const verdictSchema = z.strictObject({
  verifierPeerId: peerIdSchema,
  /** `receiptId` of the receipt. */
  receiptId: bytesSchema(32),
  /** The model would not have made these tokens. */
  isFalse: z.boolean(),
  /** `findingHash` of the finding. */
  finding: bytesSchema(32),
  /** Null for one that is said to the asker alone. */
  court: courtSchema.nullable(),
  signature: signatureSchema,
})
export type Verdict = z.output<typeof verdictSchema>

const domainName = 'Weft Verdicts'
const domainVersion = '1'

/** @returns SHA-256 of the canonical bytes, 32 bytes */
export function findingHash(finding: FindingOnWire): Uint8Array {
  return hashValue('weft/finding/1', findingSchema, finding)
}

export function signVerdict(verdict: Omit<Verdict, 'signature'>, privateKey: PrivateKey): Verdict {
  return { ...verdict, signature: signHash(verdictHash(verdict), privateKey) }
}

/** @throws SignatureError */
export function checkVerdict(verdict: Verdict): void {
  const { signature, verifierPeerId: peerId } = verdict
  checkHash('weft/verdict/1', verdictHash(verdict), { signature, peerId })
}

/** @returns what the verifier's key signs, 32 bytes */
export function verdictHash({
  receiptId,
  isFalse,
  finding,
  court,
}: Omit<Verdict, 'signature'>): Uint8Array {
  const type = 'Verdict(bytes32 receiptId,bool isFalse,bytes32 finding)'
  return hashTyped(domainOf(court), hashStruct(type, [receiptId, isFalse, finding]))
}

function domainOf(court: Court | null): Uint8Array {
  const names = [hashText(domainName), hashText(domainVersion)]
  if (!court) return hashStruct('EIP712Domain(string name,string version)', names)
  const type = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'
  return hashStruct(type, [...names, court.chainId, court.contract])
}

/**
 * A lane: one key of one channel pays one payee for one model.
 * @module
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import {
  addressFromPeerId,
  bytesToHex,
  type Funds,
  type Hex,
  modelKey,
  words,
} from '@weft/protocol'

export type Lane = {
  channelId: Hex
  /** The key that signs the vouchers: the client's. */
  signer: Hex
  /** The node's key. */
  payee: Hex
  /** The digest in the model's CID. */
  model: Hex
}

/** @returns the lane of two peers and a model. @throws MalformedError for a PeerId that is none */
export function laneBetween(
  funds: Pick<Funds, 'channelId'>,
  peers: { payerPeerId: string; payeePeerId: string; modelCid: string },
): Lane {
  return {
    channelId: funds.channelId,
    signer: addressFromPeerId(peers.payerPeerId),
    payee: addressFromPeerId(peers.payeePeerId),
    model: modelKey(peers.modelCid),
  }
}

/** @returns the id by which the contract knows the lane (`laneIdOf`) */
export function laneIdOf({ channelId, signer, payee, model }: Lane): Hex {
  return `0x${bytesToHex(keccak_256(words([channelId, signer, payee, model])))}`
}

/** @returns whose cap a lane spends: the key's own, or that of who granted it a part */
export function spenderOf({ grant }: Pick<Funds, 'grant'>, signer: Hex): Hex {
  return grant?.signer ?? signer
}

/**
 * What a wallet lets this page spend, as the chain says it: a channel each time that a key's time was over.
 * @module
 */
import { type ChannelsReader, type CollateralOnChain, channelIdOf } from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'

/** One channel of the payer, for this page's key. */
export type KeyChannel = { salt: Hex; channelId: Hex; collateral: CollateralOnChain }

export type PageFunds = {
  payer: Hex
  /** Lower case. */
  signer: Hex
  /** What the page may spend from now; null where it may not. */
  current: KeyChannel | null
  /** Whose time is over, with money in them that comes back. */
  past: KeyChannel[]
  /** For what the wallet allows next. */
  nextSalt: Hex
  /** From an end to the last claim of a node, in seconds; proofs have as long again. */
  withdrawDelay: number
}

/** A key that was allowed again this often is looked at no further. */
const maxChannels = 64

/** @throws WeftError `payments/chain-lost` */
export async function readPageFunds(
  reader: Pick<ChannelsReader, 'readCollateral' | 'withdrawDelay'>,
  { payer, signer, nowMs }: { payer: Hex; signer: Hex; nowMs: number },
): Promise<PageFunds> {
  const { withdrawDelay } = reader
  const past: KeyChannel[] = []
  for (let index = 0; index < maxChannels; index++) {
    const salt = saltOf(index)
    const channelId = channelIdOf(payer, salt)
    const collateral = await reader.readCollateral({ channelId, signer })
    const known = { payer, signer, past, withdrawDelay, nextSalt: salt }
    if (collateral.expiry === 0) return { ...known, current: null }
    const isOpen = nowMs < collateral.expiry * 1000 && !collateral.isDisputed
    if (isOpen) return { ...known, current: { salt, channelId, collateral } }
    if (returnableWei(collateral) > 0n) past.push({ salt, channelId, collateral })
  }
  return { payer, signer, past, withdrawDelay, nextSalt: saltOf(maxChannels), current: null }
}

/** What comes back at most: what is left, whoever it is owed to, and the bond of a key that kept its word. */
export function returnableWei({ capWei, committedWei, bondWei }: CollateralOnChain): bigint {
  return capWei - committedWei + bondWei
}

/** @returns 32 bytes */
function saltOf(index: number): Hex {
  return `0x${index.toString(16).padStart(64, '0')}`
}

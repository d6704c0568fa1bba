/**
 * What a wallet lets one key spend, as the chain says it: a channel each time that the key's time was over.
 * @module
 */
import { type Hex, WeftError } from '@weft/protocol'
import { type ChannelsReader, type CollateralOnChain, channelIdOf } from './channels-reader.ts'

/** One channel of the payer, for one key. */
export type KeyChannel = {
  /** The key's, lower case. */
  signer: Hex
  salt: Hex
  channelId: Hex
  collateral: CollateralOnChain
}

export type KeyChannels = {
  /** The key's, lower case. */
  signer: Hex
  /** What the key may spend from now; null where it may not. */
  current: KeyChannel | null
  /** Whose time is over, with money in them that comes back. */
  past: KeyChannel[]
  /** For what the wallet allows next; null for a key that was allowed as often as one can be, see `saltToAllow`. */
  nextSalt: Hex | null
}

/** A key that was allowed again this often is looked at no further, so no more money may go to it. */
const maxChannels = 64

/** @throws WeftError `payments/chain-lost` */
export async function readKeyChannels(
  reader: Pick<ChannelsReader, 'readCollateral'>,
  { payer, signer, nowMs }: { payer: Hex; signer: Hex; nowMs: number },
): Promise<KeyChannels> {
  const past: KeyChannel[] = []
  for (let index = 0; index < maxChannels; index++) {
    const salt = saltOf(index)
    const channelId = channelIdOf(payer, salt)
    const collateral = await reader.readCollateral({ channelId, signer })
    if (collateral.expiry === 0) return { signer, current: null, past, nextSalt: salt }
    const channel = { signer, salt, channelId, collateral }
    const isOpen = nowMs < collateral.expiry * 1000 && !collateral.isDisputed
    if (isOpen) return { signer, current: channel, past, nextSalt: salt }
    if (returnableWei(collateral) > 0n) past.push(channel)
  }
  return { signer, current: null, past, nextSalt: null }
}

/**
 * @returns of the channel that the wallet adds to, or opens
 * @throws WeftError `payments/key-used-up` where nobody would look for it
 */
export function saltToAllow({ current, nextSalt }: Pick<KeyChannels, 'current' | 'nextSalt'>): Hex {
  const salt = current?.salt ?? nextSalt
  if (salt) return salt
  throw new WeftError(
    'payments/key-used-up',
    `This key was let spend ${maxChannels} times, and each time is over. Nothing was sent. Let another key spend: a gateway with a --state folder of its own has one, and so has another browser profile.`,
  )
}

/** What comes back at most: what is left, whoever it is owed to, and the bond of a key that kept its word. */
export function returnableWei({ capWei, committedWei, bondWei }: CollateralOnChain): bigint {
  return capWei - committedWei + bondWei
}

/** @param index - 0 for the first of a key. @returns 32 bytes */
export function saltOf(index: number): Hex {
  return `0x${index.toString(16).padStart(64, '0')}`
}

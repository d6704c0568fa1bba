/**
 * What a wallet lets this page spend, as the chain says it: a channel each time that a key's time was over.
 * @module
 */
import { type ChannelsReader, type CollateralOnChain, channelIdOf } from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'

/** One channel of the payer, for a key of this browser. */
export type KeyChannel = {
  /** The key's, lower case. */
  signer: Hex
  salt: Hex
  channelId: Hex
  collateral: CollateralOnChain
}

export type PageFunds = {
  payer: Hex
  /** Lower case. */
  signer: Hex
  /** What the page may spend from now; null where it may not. */
  current: KeyChannel | null
  /** Whose time is over, with money in them that comes back: of all keys of this browser. */
  past: KeyChannel[]
  /** Other keys that were let spend, and nothing comes back from any more. */
  emptied: Hex[]
  /** For what the wallet allows next. */
  nextSalt: Hex
  /** From an end to the last claim of a node, in seconds; proofs have as long again. */
  withdrawDelay: number
}

type Reader = Pick<ChannelsReader, 'readCollateral' | 'withdrawDelay'>

export type PageFundsInit = {
  payer: Hex
  /** This page's key. */
  signer: Hex
  /** Of other tabs, and of this one before: what is over of theirs comes back as well. */
  otherSigners: readonly Hex[]
  nowMs: number
}

/** A key that was allowed again this often is looked at no further. */
const maxChannels = 64
/** Keys that are read at the same time, two calls each: a public RPC server shuts out who asks for more. */
const readsAtOnce = 16

/** @throws WeftError `payments/chain-lost` */
export async function readPageFunds(reader: Reader, init: PageFundsInit): Promise<PageFunds> {
  const { payer, signer, otherSigners, nowMs } = init
  const { withdrawDelay } = reader
  const signers = [signer, ...otherSigners.filter((other) => other !== signer)]
  const read: ChannelsOfKey[] = []
  for (let start = 0; start < signers.length; start += readsAtOnce) {
    const some = signers.slice(start, start + readsAtOnce)
    read.push(
      ...(await Promise.all(
        some.map((each) => readChannels(reader, { payer, signer: each, nowMs })),
      )),
    )
  }
  const [own, ...others] = read
  const { current = null, nextSalt = saltOf(0) } = own ?? {}
  const past = read.flatMap((each) => each.past)
  const emptied = others.filter(isEmptied).map((each) => each.signer)
  return { payer, signer, current, past, emptied, nextSalt, withdrawDelay }
}

type ChannelsOfKey = Pick<PageFunds, 'signer' | 'current' | 'past' | 'nextSalt'>

/** A key that was never let spend may only be unknown to this server yet. */
function isEmptied({ current, past, nextSalt }: ChannelsOfKey): boolean {
  return !current && past.length === 0 && nextSalt !== saltOf(0)
}

async function readChannels(
  reader: Reader,
  { payer, signer, nowMs }: Omit<PageFundsInit, 'otherSigners'>,
): Promise<ChannelsOfKey> {
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
  return { signer, current: null, past, nextSalt: saltOf(maxChannels) }
}

/** What comes back at most: what is left, whoever it is owed to, and the bond of a key that kept its word. */
export function returnableWei({ capWei, committedWei, bondWei }: CollateralOnChain): bigint {
  return capWei - committedWei + bondWei
}

/** @param index - 0 for the first of a key. @returns 32 bytes */
export function saltOf(index: number): Hex {
  return `0x${index.toString(16).padStart(64, '0')}`
}

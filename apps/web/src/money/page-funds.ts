/**
 * What a wallet lets this page spend, as the chain says it: a channel each time that a key's time was over.
 * @module
 */
import {
  type ChannelsReader,
  type KeyChannel,
  type KeyChannels,
  readKeyChannels,
  saltOf,
} from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'

export type PageFunds = {
  payer: Hex
  /** Lower case. */
  signer: Hex
  /** What the page may spend from now; null where it may not. */
  current: KeyChannel | null
  /** What other keys of this browser may spend, mostly other tabs'; never of a private payer. */
  elsewhere: KeyChannel[]
  /** Whose time is over, with money in them that comes back: of all keys of this browser. */
  past: KeyChannel[]
  /** Other keys that were let spend, and nothing comes back from any more. */
  emptied: Hex[]
  /** For what the wallet allows next; null where no more can be, see `saltToAllow`. */
  nextSalt: Hex | null
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

/** Keys that are read at the same time, two calls each: a public RPC server shuts out who asks for more. */
const readsAtOnce = 16

/** @throws WeftError `payments/chain-lost` */
export async function readPageFunds(reader: Reader, init: PageFundsInit): Promise<PageFunds> {
  const { payer, signer, otherSigners, nowMs } = init
  const { withdrawDelay } = reader
  const signers = [signer, ...otherSigners.filter((other) => other !== signer)]
  const read: KeyChannels[] = []
  for (let start = 0; start < signers.length; start += readsAtOnce) {
    const some = signers.slice(start, start + readsAtOnce)
    read.push(
      ...(await Promise.all(
        some.map((each) => readKeyChannels(reader, { payer, signer: each, nowMs })),
      )),
    )
  }
  const [own, ...others] = read
  const { current, nextSalt } = own ?? { current: null, nextSalt: saltOf(0) }
  const past = read.flatMap((each) => each.past)
  const elsewhere = others.flatMap((each) => each.current ?? [])
  const emptied = others.filter(isEmptied).map((each) => each.signer)
  return { payer, signer, current, elsewhere, past, emptied, nextSalt, withdrawDelay }
}

/** A key that was never let spend may only be unknown to this server yet. */
function isEmptied({ current, past, nextSalt }: KeyChannels): boolean {
  return !current && past.length === 0 && nextSalt !== saltOf(0)
}

/**
 * The court as a tab uses it: Verdicts of one chain, and the tab's own key that sends as far as it has coins. What
 * talks to a chain makes it, see `@weft/payments/chain`.
 * @module
 */
import type { VerdictsReader, VerdictsWallet } from '@weft/payments/chain'
import { bytesToHex, type Hex, type Receipt, receiptId } from '@weft/protocol'

export type CourtView = VerdictsReader & {
  send: Pick<
    VerdictsWallet,
    'record' | 'tell' | 'accuse' | 'vote' | 'defend' | 'settle' | 'leaveSeat' | 'payForCheck'
  >
}

/** @returns what the court calls a receipt */
export function caseIdOf(receipt: Receipt): Hex {
  return `0x${bytesToHex(receiptId(receipt))}`
}

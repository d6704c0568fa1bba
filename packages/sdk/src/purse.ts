/**
 * The money of one tab.
 * @module
 */
import type {
  ChannelsView,
  Earning,
  PlannedRedemption,
  Spending,
  SpendingLimit,
} from '@weft/payments'
import type { Funds, Hex } from '@weft/protocol'
import type { Cell } from './cell.ts'
import type { WaitOptions } from './tab.ts'

/** Whose money pays, and how much of it this tab's key may spend, as the chain says it. */
export type Funding = { funds: Funds; limit: SpendingLimit }

/** What this tab's key may spend and has earned, on one chain at a time and on none at first: all is free then. */
export interface Purse {
  /** Of the tab's key, lower case: whom a wallet lets spend, and whom others pay. */
  readonly address: Hex
  /** Null while nobody lets this tab spend; told again with every promise. */
  readonly spending: Cell<Spending | null>
  /** What was delivered and promised, lane by lane; null while no chain is known. */
  readonly earnings: Cell<readonly Earning[] | null>
  /** Where this tab is paid from now on; null: nowhere. */
  useChain(channels: ChannelsView | null): Promise<void>
  /** Who pays for what this tab asks from now on; null: nobody, so only free nodes are asked. */
  fund(funding: Funding | null): Promise<void>
  /** What to redeem now, a transaction each; the wallet that sends them pays the gas. */
  redemptions(): PlannedRedemption[]
  /** Looks at the chain again for what was redeemed or revoked. @throws WeftError `payments/chain-lost` */
  refresh(options?: WaitOptions): Promise<void>
}

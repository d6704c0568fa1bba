/**
 * Payments between two peers, without a chain at hand: what a payer promises, what a payee believes, what it
 * costs. What talks to a chain is in `@weft/payments/chain`.
 * @module
 */

export { numberEpoch } from './chain/number-epoch.ts'
export { type Lane, laneBetween, laneIdOf } from './lane.ts'
export type { Ledger, LedgerRecord, LedgerStore } from './ledger.ts'
export { type CreditPolicy, creditPolicyFor } from './payee/credit-policy.ts'
export type { Earning } from './payee/earning-lane.ts'
export type { EarningTotals, PayeeRecord } from './payee/earning-totals.ts'
export type { ChannelsView, LaneOnChain } from './payee/lane-on-chain.ts'
export type { OverPromise, PromiseArgument } from './payee/over-promise.ts'
export type { PaidJob, WaitOptions } from './payee/paid-job.ts'
export {
  createPayee,
  type OpenJobInit,
  type Payee,
  type PayeeInit,
  type PlannedRedemption,
  type RedeemInit,
} from './payee/payee.ts'
export type { RedeemCall } from './payee/redeem-call.ts'
export type { Commitment, SpendingLimit } from './payer/cap.ts'
export {
  createPayer,
  type GrantInit,
  type Payer,
  type PayerInit,
  type Spending,
} from './payer/payer.ts'
export type { Bill, BillInit, PayerLane } from './payer/payer-lane.ts'
export { amountInWords } from './payment-errors.ts'
export { type RegistrationInit, signRegistration } from './registration.ts'
export { isSignedBy } from './signatures.ts'
export { createVoucherHasher } from './typed-hashes.ts'

/**
 * Payments with a chain at hand: what is read of it, and what a wallet sends. Loaded when somebody needs it.
 * @module
 */
export { accountOfKey } from './account-of-key.ts'
export { chainError, wrongNetwork } from './chain-errors.ts'
export {
  type AccountOnChain,
  type ChannelsReader,
  type ChannelsReaderInit,
  type CollateralOnChain,
  channelIdOf,
  createChannelsReader,
  privateChannelOf,
} from './channels-reader.ts'
export {
  type AuthorizationInit,
  type ChannelsWallet,
  type ChannelsWalletInit,
  createChannelsWallet,
  type DepositOptions,
  depositFor,
  type Redemption,
  type SignedOpening,
} from './channels-wallet.ts'
export type { CaseOutcome, CourtNews } from './court-news.ts'
export type { CourtRules } from './court-rules.ts'
export { relayChange, signChange } from './credits-change.ts'
export {
  type CreditsReader,
  createCreditsReader,
  type DenominationOnChain,
} from './credits-reader.ts'
export { type CreditsWallet, createCreditsWallet } from './credits-wallet.ts'
export { type FiatRate, readFiatRate } from './fiat-rate.ts'
export {
  type KeyChannel,
  type KeyChannels,
  readKeyChannels,
  returnableWei,
  saltOf,
  saltToAllow,
} from './key-channels.ts'
export {
  createLendingWallet,
  type LendingWallet,
  type LoanDecision,
  type ProofPurpose,
  type ProvedAnswer,
} from './lending-wallet.ts'
export {
  createRegistryWallet,
  type OperatorOnChain,
  type RegistryWallet,
  readOperator,
  registryRoles,
} from './registry-wallet.ts'
export { type Relayed, type RelayInit, relayTicket } from './relay-ticket.ts'
export { type Call, type ChainClients, type SendOptions, send, sendCoins } from './send.ts'
export { submit } from './submit.ts'
export {
  type CaseOnChain,
  type CaseStage,
  createVerdictsReader,
  type SeatOnChain,
  type VerdictsReader,
} from './verdicts-reader.ts'
export { createVerdictsWallet, type VerdictsWallet } from './verdicts-wallet.ts'

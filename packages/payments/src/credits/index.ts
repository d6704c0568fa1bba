/**
 * Private credits: tickets that a wallet buys and keys spend that nobody can tell it by. Loaded when somebody
 * buys or spends one, since what it hashes with is large.
 * @module
 */
export {
  markWithdrawn,
  type Purchase,
  type PurchaseStore,
  takeTicket,
  takeToWithdraw,
  ticketsLeft,
  withdrawn,
} from './purchases.ts'
export {
  encodeRelayed,
  parseRelayed,
  type RelayedChange,
  type RelayedTicket,
} from './relay-message.ts'
export {
  type Backup,
  backupText,
  drawSecret,
  identityOf,
  readBackup,
  type Share,
  secretOfShares,
} from './secret.ts'
export {
  type CreditsRef,
  domainOf,
  type Member,
  nullifierOf,
  type ProveTicket,
  proveTicket,
  signalOf,
  type Ticket,
  type TicketInit,
} from './ticket.ts'

/**
 * What keeps accounts over reload and crash. Payments say what is written when; where is for the caller: IndexedDB
 * in a tab, memory in tests.
 * @module
 */

/** A plain value that IndexedDB takes as it is, bigints and bytes included. */
export type LedgerRecord = { id: string }

export interface LedgerStore<Record extends LedgerRecord> {
  /**
   * Opens the accounts of `owner` for one writer. Whoever had them open before can write no more: two tabs that
   * hold one key must never both believe that they know what it has promised.
   */
  open(owner: string): Promise<Ledger<Record>>
}

export interface Ledger<Record extends LedgerRecord> {
  /** All that was there at opening. */
  readonly records: readonly Record[]
  /**
   * Writes records in one transaction and resolves when they would survive a crash.
   * @throws WeftError `storage/taken-over` when the accounts were opened again since
   */
  put(...records: readonly Record[]): Promise<void>
  /**
   * Removes a record, and writes others in the same transaction.
   * @throws WeftError `storage/taken-over`
   */
  remove(id: string, ...changed: readonly Record[]): Promise<void>
}

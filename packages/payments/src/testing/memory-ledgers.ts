/**
 * Accounts in memory, for tests: what would be on disk outlives whoever has opened it.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Ledger, LedgerRecord, LedgerStore } from '../ledger.ts'

export class MemoryLedgers<Record extends LedgerRecord> implements LedgerStore<Record> {
  readonly #owners = new Map<string, { writer: symbol; records: Map<string, Record> }>()

  async open(owner: string): Promise<Ledger<Record>> {
    const { records } = this.#owners.get(owner) ?? { records: new Map<string, Record>() }
    const writer = Symbol(owner)
    this.#owners.set(owner, { writer, records })
    const check = () => {
      if (this.#owners.get(owner)?.writer !== writer) throw takenOver()
    }
    return {
      records: structuredClone([...records.values()]),
      async put(...changed) {
        check()
        for (const record of structuredClone(changed)) records.set(record.id, record)
      },
      async remove(id, ...changed) {
        check()
        records.delete(id)
        for (const record of structuredClone(changed)) records.set(record.id, record)
      },
    }
  }
}

function takenOver(): WeftError {
  return new WeftError('storage/taken-over', 'This was opened again since. Open it once more.')
}

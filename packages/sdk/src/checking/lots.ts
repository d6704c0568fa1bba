/**
 * Whether an answer is to be checked, and by whom. On a chain neither its node nor its client decides that; where
 * there is none, the client's own die does.
 * @module
 */
import type { Hex, Receipt } from '@weft/protocol'
import type { WaitOptions } from '../tab.ts'

export type Lot = {
  isSampled: boolean
  /** Only verifiers with these addresses (`addressFromPeerId`) may be asked; null: anybody. */
  drawn: readonly Hex[] | null
}

export type Lots = {
  /** Waits until the lot of a receipt is known. The same receipt may be asked for again, after a reload. */
  lotOf(receipt: Receipt, options: WaitOptions): Promise<Lot>
}

/**
 * This tab's own die, thrown once for each question.
 * @param share of all answers that are to be checked, 0 to 1
 */
export function dieLots(share: number): Lots {
  return { lotOf: async () => ({ isSampled: Math.random() < share, drawn: null }) }
}

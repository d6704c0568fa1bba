/**
 * Whether an answer is to be checked, and by whom. On a chain neither its node nor its client decides that; where
 * there is none, the client's own die does.
 * @module
 */
import { type Hex, type Receipt, WeftError } from '@weft/protocol'
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

/**
 * The lots of a chain while there is one; the die where nobody casts them there.
 * @param chain - null while this tab uses none
 */
export function lotsOrDie(chain: () => Lots | null, die: Lots): Lots {
  return {
    async lotOf(receipt, options) {
      try {
        return await (chain() ?? die).lotOf(receipt, options)
      } catch (error) {
        if (WeftError.is(error) && error.code === 'sdk/no-lot') return die.lotOf(receipt, options)
        throw error
      }
    },
  }
}

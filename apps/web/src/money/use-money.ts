/**
 * Money for screens.
 * @module
 */

import { useCell } from '@weft/react'
import type { Cell, Purse, Spending } from '@weft/sdk'
import { useTab } from '../site/tab-context.tsx'

const none: Cell<Spending | null> = { get: () => null, subscribe: () => () => {} }

/** The tab's purse, null until the tab is open. */
export function usePurse(): Purse | null {
  return useTab()?.purse ?? null
}

/** What this page may spend and has promised; null where nobody lets it spend, and before that is known. */
export function useSpending(): Spending | null {
  return useCell(usePurse()?.spending ?? none)
}

import type { Cell } from '@weft/sdk'
import { useSyncExternalStore } from 'react'

/** The value of a cell, and again whenever it changes. */
export function useCell<Value>(cell: Cell<Value>): Value {
  return useSyncExternalStore(cell.subscribe, cell.get)
}

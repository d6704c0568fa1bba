/**
 * A value that changes and tells: the page's own cells, beside those of the SDK.
 * @module
 */
import type { Cell } from '@weft/sdk'

export interface Store<Value> extends Cell<Value> {
  update(change: (value: Value) => Value): void
}

export function createStore<Value>(initial: Value): Store<Value> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    update(change) {
      value = change(value)
      for (const listener of listeners) listener()
    },
  }
}

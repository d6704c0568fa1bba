/**
 * A value that can be watched: what `useSyncExternalStore` and any other view needs.
 * @module
 */
export interface Cell<Value> {
  get(): Value
  /** @returns a function that ends the subscription */
  subscribe(listener: () => void): () => void
}

export interface WritableCell<Value> extends Cell<Value> {
  set(value: Value): void
}

export function createCell<Value>(initial: Value): WritableCell<Value> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

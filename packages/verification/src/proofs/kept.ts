/**
 * What is opened once and used again.
 * @module
 */

/** What fails is not kept. */
export function kept<Key, Value>(
  all: Map<Key, Promise<Value>>,
  key: Key,
  open: () => Promise<Value>,
): Promise<Value> {
  const found = all.get(key) ?? open()
  all.set(key, found)
  found.catch(() => all.delete(key))
  return found
}

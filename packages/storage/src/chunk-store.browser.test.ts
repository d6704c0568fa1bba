import { expect, test } from 'vitest'
import { openChunkStore } from './chunk-store.ts'

test('chunks stay in the origin private file system', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000))
  const name = 'f'.repeat(64)
  const store = await openChunkStore(navigator.storage)
  await store.put(name, bytes)
  const again = await openChunkStore(navigator.storage)
  expect(await again.get(name)).toEqual(bytes)
  await again.remove(name)
  expect(await again.get(name)).toBeUndefined()
  await again.remove(name)
})

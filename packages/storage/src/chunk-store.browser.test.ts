import { expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
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

test('a chunk that is kept stays when the disk is full', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000))
  const [kept, other] = ['e'.repeat(64), 'd'.repeat(64)]
  const store = await openChunkStore(navigator.storage)
  await store.put(kept, bytes)
  const { origin } = location
  await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
  try {
    expect(await store.put(kept, bytes)).toBe(false)
    expect(await store.put(other, bytes)).toBe(false)
  } finally {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin })
  }
  expect(await store.get(kept)).toEqual(bytes)
  expect([...(await store.sizes()).keys()]).not.toContain(other)
  await store.remove(kept)
})

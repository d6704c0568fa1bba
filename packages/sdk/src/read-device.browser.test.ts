import { expect, test } from 'vitest'
import { readDevice } from './read-device.ts'

test('a browser tells what it has; a software adapter is known as one', async () => {
  const { gpu, memoryBytes, freeStorageBytes } = await readDevice()
  expect(gpu).toMatchObject({ isSoftware: true })
  expect(gpu?.features).not.toContain('shader-f16')
  expect(gpu?.maxBufferBytes).toBeGreaterThanOrEqual(2 ** 27)
  expect(memoryBytes).toBeGreaterThan(1e9)
  expect(freeStorageBytes).toBeGreaterThan(1e6)
})

import { expect, test } from 'vitest'
import { hashSources } from '../sources-hash.ts'
import sizes from './generated/sizes.json'
import { sha256 } from './generated/sources.json'

test('the committed ABIs and bytecode are of the contracts as they are: npm run contracts', async () => {
  expect(sha256).toBe(await hashSources())
})

test.each(Object.entries(sizes))('%s is no larger than a chain takes (EIP-170)', (_name, bytes) => {
  expect(bytes).toBeGreaterThan(0)
  expect(bytes, 'bytes of 24,576').toBeLessThanOrEqual(24_576)
})

import { expect, test } from 'vitest'
import { hashSources } from '../sources-hash.ts'
import { sha256 } from './generated/sources.json'

test('the committed ABIs and bytecode are of the contracts as they are: npm run contracts', async () => {
  expect(sha256).toBe(await hashSources())
})

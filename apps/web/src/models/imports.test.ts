import type { ImportReport } from '@weft/sdk'
import { expect, test } from 'vitest'
import { importFiles, lastImport, wasRefused } from './imports.ts'

test('files that come during an import are not taken, and that is said', async () => {
  const report = {} as ImportReport
  const imported = Promise.withResolvers<ImportReport>()
  const models = { import: () => imported.promise }
  let reads = 0
  const files = () => {
    reads += 1
    return []
  }
  const first = importFiles(models, files)
  expect(wasRefused.get()).toBe(false)
  await importFiles(models, files)
  expect(reads).toBe(1)
  expect(wasRefused.get()).toBe(true)

  imported.resolve(report)
  await first
  expect(lastImport.get()).toEqual({ phase: 'done', report })
  expect(wasRefused.get()).toBe(true)
  await importFiles(models, files)
  expect(wasRefused.get()).toBe(false)
})

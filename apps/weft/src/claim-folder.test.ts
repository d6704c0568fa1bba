import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimFolder } from './claim-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-claim-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a folder is held by one process until it is given back', async () => {
  const giveBack = await claimFolder(folder)
  await expect(claimFolder(folder)).rejects.toThrow('already runs from this folder')
  await giveBack()
  expect(await readdir(folder)).toEqual([])
  await (await claimFolder(folder))()
})

test('a folder whose process ended without a word is free', async () => {
  const noSuchProcess = 2 ** 30
  await writeFile(join(folder, 'running.pid'), String(noSuchProcess))
  await expect(claimFolder(folder)).resolves.toBeTypeOf('function')
})

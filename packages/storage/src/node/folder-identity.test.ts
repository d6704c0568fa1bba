import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openFolderIdentity } from './folder-identity.ts'

const folder = await mkdtemp(join(tmpdir(), 'weft-identity-'))
afterAll(() => rm(folder, { recursive: true }))

test('a key that a wallet lets spend and one that a ticket pays for wait side by side', async () => {
  const first = await openFolderIdentity(folder)
  const [wallet, ticket] = [await first.nextPeerId('wallet'), await first.nextPeerId('ticket')]
  expect(new Set([first.peerId, wallet, ticket]).size).toBe(3)

  await first.takeNext('wallet')
  expect(await first.nextPeerId('wallet')).not.toBe(wallet)
  const second = await openFolderIdentity(folder)
  expect(second.peerId).toBe(wallet)
  expect(await second.nextPeerId('ticket')).toBe(ticket)

  await second.takeNext('ticket')
  expect((await openFolderIdentity(folder)).peerId).toBe(ticket)
})

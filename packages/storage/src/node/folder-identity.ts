/**
 * One key per folder, in a file that only its owner may read.
 * @module
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  bytesToHex,
  createPrivateKey,
  type PrivateKey,
  peerIdFromPrivateKey,
  WeftError,
} from '@weft/protocol'
import type { Identity, KeyPayer } from '../identity.ts'

export type FolderIdentity = Omit<Identity, 'release'>

/**
 * Keys of 64 hex digits in `key` and, while another one waits, `next-wallet-key` or `next-ticket-key`.
 * @param folder - null: a key for this run alone
 * @throws WeftError `storage/key-file`
 */
export async function openFolderIdentity(folder: string | null): Promise<FolderIdentity> {
  const path = (name: string) => (folder === null ? null : join(folder, name))
  const privateKey = await loadKey(path('key'))
  const next: Partial<Record<KeyPayer, PrivateKey>> = {}
  const nextPath = (payer: KeyPayer) => path(`next-${payer}-key`)
  const nextKey = async (payer: KeyPayer) => {
    next[payer] ??= await loadKey(nextPath(payer))
    return next[payer]
  }
  return {
    privateKey,
    peerId: peerIdFromPrivateKey(privateKey),
    nextPeerId: async (payer) => peerIdFromPrivateKey(await nextKey(payer)),
    async takeNext(payer) {
      await nextKey(payer)
      const [from, to] = [nextPath(payer), path('key')]
      if (from && to) await rename(from, to)
      delete next[payer]
    },
  }
}

async function loadKey(path: string | null): Promise<PrivateKey> {
  if (!path) return createPrivateKey()
  try {
    const key = createPrivateKey()
    // Only where there is none.
    const options = { mode: 0o600, flag: 'wx' }
    const isNew = await writeFile(path, `${bytesToHex(key)}\n`, options).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false
        throw error
      },
    )
    return isNew ? key : parseKey(await readFile(path, 'utf8'))
  } catch (cause) {
    throw WeftError.from(cause, 'storage/key-file', `The key in ${path} cannot be used.`)
  }
}

function parseKey(text: string): PrivateKey {
  const hex = text.trim()
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error('It is not 64 hex digits.')
  const key = new Uint8Array(Buffer.from(hex, 'hex'))
  peerIdFromPrivateKey(key)
  return key
}

/**
 * The relay's key, kept so that its PeerId, which is part of its address, survives restarts.
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createPrivateKey, type PrivateKey, peerIdFromPrivateKey, WeftError } from '@weft/protocol'

/**
 * Reads a key of 64 hex digits; writes a new one, readable by its owner only, if there is no file.
 * @throws WeftError `relay/key-file`
 */
export async function loadKey(path: string): Promise<PrivateKey> {
  try {
    return parseKey(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (!isMissing(error)) throw WeftError.from(error, 'relay/key-file', `Cannot read ${path}.`)
  }
  const key = createPrivateKey()
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${Buffer.from(key).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw WeftError.from(error, 'relay/key-file', `Cannot write ${path}.`)
  }
  return key
}

function parseKey(text: string, path: string): PrivateKey {
  const hex = text.trim()
  const key = new Uint8Array(Buffer.from(hex, 'hex'))
  try {
    if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error('It is not 64 hex digits.')
    peerIdFromPrivateKey(key)
  } catch (error) {
    throw WeftError.from(error, 'relay/key-file', `${path} holds no valid key.`)
  }
  return key
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

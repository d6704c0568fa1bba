/**
 * Keys of those who may ask. Only their hashes are kept; a key has 256 bits, so a plain hash tells nothing of it.
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyConfig } from '../config.ts'

export const keyPrefix = 'sk-weft-'

/** @returns a new key and the hash to configure */
export function createKey(): { key: string; sha256: string } {
  const key = `${keyPrefix}${randomBytes(32).toString('base64url')}`
  return { key, sha256: hashOf(key).toString('hex') }
}

/** @returns a function from a presented key to the one that it is; as long for a wrong one as for a right one */
export function createKeyring(
  keys: readonly KeyConfig[],
): (presented: string) => KeyConfig | undefined {
  const known = keys.map((config) => ({ config, hash: Buffer.from(config.sha256, 'hex') }))
  return (presented) => {
    const hash = hashOf(presented)
    let found: KeyConfig | undefined
    for (const each of known) if (timingSafeEqual(each.hash, hash)) found = each.config
    return found
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

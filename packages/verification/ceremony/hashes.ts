/** @module */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** @returns in hex */
export async function sha256Of(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

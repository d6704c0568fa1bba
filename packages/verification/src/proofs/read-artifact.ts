/**
 * The files that a proof takes. They count only when their hash is the one that this version was built with:
 * another key would prove something else, or to nobody.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { artifacts } from './artifacts.ts'

export type CircuitName = keyof typeof artifacts
type Kind = 'wasm' | 'zkey' | 'verificationKey'

/** Brings a file's bytes by its path below the site, e.g. `proofs/credit-….zkey`. */
export type ReadFile = (path: string) => Promise<Uint8Array<ArrayBuffer>>

/** @throws WeftError `verification/wrong-artifact`; what `read` throws */
export async function readArtifact(
  circuit: CircuitName,
  kind: Kind,
  read: ReadFile,
): Promise<Uint8Array<ArrayBuffer>> {
  const { path, sha256 } = artifacts[circuit].artifacts[kind]
  const bytes = await read(path)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const actual = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (actual !== sha256) {
    throw new WeftError(
      'verification/wrong-artifact',
      'A file that proofs are made with is not the one that this page was built with. Nothing was proved. Reload the page.',
      { facts: [path, `Expected: ${sha256}`, `Found: ${actual}`] },
    )
  }
  return bytes
}

/** From a site, with a deadline. @param base - of the site, e.g. `https://weft.example/` */
export function fromSite(base: string): ReadFile {
  return async (path) => {
    const response = await fetch(new URL(path, base), { signal: AbortSignal.timeout(120_000) })
    if (response.ok) return new Uint8Array(await response.arrayBuffer())
    throw new WeftError(
      'verification/no-artifact',
      'The site does not have a file that proofs are made with. Nothing was proved. Reload the page.',
      { facts: [path, `HTTP ${response.status}`] },
    )
  }
}

/**
 * The files that a proof takes. They count only when their hash is the one that this version was built with:
 * another key would prove something else, or to nobody.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { artifacts } from './artifacts.ts'
import { kept } from './kept.ts'

export type CircuitName = keyof typeof artifacts
type Kind = 'wasm' | 'zkey' | 'verificationKey'

/** Brings a file's bytes by its path below the site, e.g. `proofs/credit-….zkey`. */
export type ReadFile = (path: string) => Promise<Uint8Array<ArrayBuffer>>

/** @throws WeftError `verification/wrong-artifact`; what the file is read with throws */
export type OpenArtifact = (circuit: CircuitName, kind: Kind) => ReturnType<ReadFile>

/** Reads each once. What was refused is not kept: it is read again. */
export function keepArtifacts(read: ReadFile): OpenArtifact {
  const files = new Map<string, ReturnType<ReadFile>>()
  return (circuit, kind) =>
    kept(files, `${circuit} ${kind}`, () => readArtifact(circuit, kind, read))
}

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

/**
 * From a site, with a deadline. A connection that is lost is tried once more: of a process that proved on its own
 * thread the server has closed all meanwhile. @param base - of the site, e.g. `https://weft.example/`
 */
export function fromSite(base: string): ReadFile {
  return async (path) => {
    const signal = AbortSignal.timeout(120_000)
    const get = async () => {
      const response = await fetch(new URL(path, base), { signal })
      return { response, bytes: new Uint8Array(await response.arrayBuffer()) }
    }
    const { response, bytes } = await get().catch((error: unknown) => {
      if (signal.aborted) throw error
      return get()
    })
    if (response.ok) return bytes
    throw new WeftError(
      'verification/no-artifact',
      'The site does not have a file that proofs are made with. Nothing was proved. Reload the page.',
      { facts: [path, `HTTP ${response.status}`] },
    )
  }
}

/**
 * Another tab that gives chunks of a model, and who gave how much of one.
 * @module
 */
import type { ChunkAnswer } from '@weft/protocol'

/** Nothing that it brings has been checked. */
export interface ChunkSource {
  readonly peerId: string
  /** One bit for each chunk of the manifest, in its order, the lowest of a byte first. */
  readonly holdings: Uint8Array
  /** @param hash - SHA-256, 32 bytes */
  chunk(hash: Uint8Array, options: { signal: AbortSignal }): Promise<ChunkAnswer>
  /** What it gave was wrong; nothing more is asked of it. */
  accuse(fact: string): void
  close(): void
}

/** Tabs as they are found and reached, until the signal aborts. */
export type FindTabs = (options: { signal: AbortSignal }) => AsyncIterable<ChunkSource>

/** One that gives chunks of a download. */
export type Giver = {
  /** Null for the places on the web. */
  peerId: string | null
  bytes: number
}

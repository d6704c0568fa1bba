/**
 * Key/value caches of what was read before, for prompts that begin alike: the next turn of a chat, a
 * system prompt that many share. Least recently used go first when the bound is reached.
 * @module
 */
import type { Decoder } from '../decoder/decoder.ts'
import { cacheBytes, disposeCache, type KvCache, type KvSource } from '../decoder/kv-cache.ts'

/** A shorter match costs more to copy than to compute. */
const minMatch = 16

/** Tokens with the cache row that holds them. */
export type Held = { tokens: readonly number[]; cache: KvCache; row: number }

export type PrefixCache = {
  /**
   * The longest beginning of `prompt` that an entry or one of `others` holds.
   * @param atMost tokens that are of use
   * @param better tokens that the caller has already; a match has to be worth leaving them
   */
  find(
    prompt: readonly number[],
    init: { others: Iterable<Held>; atMost: number; better: number },
  ): KvSource | undefined
  /** Keeps a copy, of a beginning where the whole is larger than the bound. */
  keep(held: Held): void
  readonly bytes: number
  readonly maxBytes: number
  /** @returns whether there was anything to free */
  clear(): boolean
}

type Entry = { tokens: readonly number[]; cache: KvCache; bytes: number }

export function createPrefixCache({
  decoder,
  maxBytes,
}: {
  decoder: Pick<Decoder, 'join' | 'layout'>
  maxBytes: number
}): PrefixCache {
  // Least recently used first.
  let entries: Entry[] = []
  let bytes = 0

  const drop = (entry: Entry): void => {
    entries = entries.filter((each) => each !== entry)
    bytes -= entry.bytes
    disposeCache(entry.cache)
  }
  const touch = (entry: Entry): void => {
    entries = [...entries.filter((each) => each !== entry), entry]
  }
  return {
    find(prompt, { others, atMost, better }) {
      let best: { source: KvSource; entry?: Entry } | undefined
      const consider = ({ tokens, cache, row }: Held, entry?: Entry): void => {
        const length = Math.min(commonLength(prompt, tokens), atMost)
        const least = Math.max(better + minMatch, (best?.source.length ?? 0) + 1)
        if (length < least) return
        best = { source: { cache, row, length }, ...(entry ? { entry } : {}) }
      }
      for (const entry of entries) consider({ ...entry, row: 0 }, entry)
      for (const other of others) consider(other)
      if (best?.entry) touch(best.entry)
      return best?.source
    },
    keep({ tokens: held, cache, row }) {
      const { bytesPerToken } = decoder.layout
      const tokens = held.slice(0, Math.floor(maxBytes / bytesPerToken))
      const { length } = tokens
      if (length < minMatch) return
      for (const entry of entries) {
        const common = commonLength(entry.tokens, tokens)
        if (common === length) return touch(entry)
        if (common === entry.tokens.length) drop(entry)
      }
      while (bytes + length * bytesPerToken > maxBytes && entries[0]) drop(entries[0])
      const kept = decoder.join([{ cache, row, length }], length)
      const entry = { tokens, cache: kept, bytes: cacheBytes(kept) }
      entries.push(entry)
      bytes += entry.bytes
    },
    get bytes() {
      return bytes
    },
    maxBytes,
    clear() {
      const hadAny = entries.length > 0
      for (const entry of entries) drop(entry)
      return hadAny
    },
  }
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length)
  let length = 0
  while (length < most && a[length] === b[length]) length++
  return length
}

/**
 * Brings the files of a manifest together: chunks that are kept, the others from where they lie, each
 * checked against its hash before it counts.
 * @module
 */
import {
  CancelledError,
  chunkBytes,
  type Manifest,
  type ManifestFile,
  WeftError,
} from '@weft/protocol'
import type { ChunkStore } from './chunk-store.ts'
import { getWhole, sha256Hex } from './chunks.ts'
import { type DownloadTiming, usualTiming } from './judge-answer.ts'
import type { FindTabs, Giver } from './swarm/chunk-source.ts'
import { takeFromPlaces } from './swarm/take-from-places.ts'
import { takeFromTabs } from './swarm/take-from-tabs.ts'
import { type Piece, Wanted } from './swarm/wanted.ts'

export type FetchModelInit = {
  manifest: Manifest
  /** Folders that hold the model, absolute, ending in `/`; asked in this order. */
  sources: readonly string[]
  /** Other tabs, asked beside the folders. */
  findTabs?: FindTabs
  chunks: ChunkStore
  timing?: DownloadTiming
}

export type ModelProgress = { loadedBytes: number; totalBytes: number }

export type FetchProgress = ModelProgress & {
  /** Who gave how much in this download; without what was kept before. */
  givers: Giver[]
}

export type FetchModelOptions = {
  signal?: AbortSignal
  onProgress?: (progress: FetchProgress) => void
}

/** @returns bytes of every file of the manifest */
export function totalBytes(manifest: Manifest): number {
  return manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0)
}

/**
 * @returns content by path, each in a buffer of its own
 * @throws WeftError `storage/wrong-hash` (names the file and chunk), `storage/not-found`,
 *   `storage/refused`, `storage/server-busy`, `storage/not-a-file`, `storage/download`,
 *   `storage/no-source`, `storage/no-memory`, `storage/bad-manifest`, `protocol/cancelled`
 */
export async function fetchModelFiles(
  init: FetchModelInit,
  { signal, onProgress }: FetchModelOptions = {},
): Promise<Map<string, Uint8Array>> {
  const { manifest, chunks } = init
  const files = new Map(manifest.files.map((file) => [file.path, allocate(file)]))
  const wanted = new Wanted(manifest)
  const givers = new Map<string | null, number>()
  let loadedBytes = 0
  const report = () => {
    const gave = [...givers].map(([peerId, bytes]) => ({ peerId, bytes }))
    onProgress?.({ loadedBytes, totalBytes: totalBytes(manifest), givers: gave })
  }
  const take = (file: ManifestFile, index: number, bytes: Uint8Array) => {
    files.get(file.path)?.set(bytes, index * chunkBytes)
    loadedBytes += bytes.length
    report()
  }
  report()
  for (const file of manifest.files) {
    for (const index of await readKept({ file, chunks, take }, signal)) wanted.add(file, index)
  }
  const keep = async ({ file, index, hash }: Piece, bytes: Uint8Array, peerId: string | null) => {
    givers.set(peerId, (givers.get(peerId) ?? 0) + bytes.length)
    // At once: it is missing no longer, so nobody else may be waiting for it.
    take(file, index, bytes)
    await chunks.put(hash, bytes)
  }
  if (wanted.size > 0) await fetchMissing({ ...init, wanted, keep }, signal)
  const tokenizer = manifest.files.find(({ path }) => path === 'tokenizer.json')
  const content = files.get('tokenizer.json')
  if (tokenizer && content) await checkWhole(tokenizer, content)
  return files
}

type FetchMissingInit = FetchModelInit & {
  wanted: Wanted
  keep: (piece: Piece, bytes: Uint8Array, peerId: string | null) => Promise<void>
}

/** From tabs and places at the same time, until nothing is missing or nobody is left to ask. */
async function fetchMissing(init: FetchMissingInit, signal: AbortSignal | undefined) {
  const { manifest, sources, wanted, findTabs, keep, timing = usualTiming } = init
  const failed = new AbortController()
  const end = AbortSignal.any([wanted.emptied, failed.signal, ...(signal ? [signal] : [])])
  const hasPlaces = sources.length > 0
  let hasTabs = findTabs !== undefined
  const fromTabs = async () => {
    const losses = findTabs ? await takeFromTabs({ wanted, findTabs, hasPlaces, keep }, end) : []
    hasTabs = false
    return losses
  }
  const fromPlaces = async () => {
    if (!hasPlaces) return []
    return takeFromPlaces(
      {
        wanted,
        sources,
        timing,
        keep: (piece, bytes) => keep(piece, bytes, null),
        hasTabs: () => hasTabs,
      },
      end,
    )
  }
  try {
    const [losses, failures] = await Promise.all([fromTabs(), fromPlaces()])
    if (signal?.aborted) throw cancelled(manifest)
    if (wanted.size > 0) throw failures[0] ?? noSource(init, losses)
  } catch (error) {
    failed.abort()
    throw signal?.aborted ? cancelled(manifest) : error
  }
}

function noSource({ manifest, findTabs }: FetchMissingInit, losses: WeftError[]): WeftError {
  const { name } = manifest
  if (!findTabs) {
    return new WeftError('storage/no-source', `Nothing says where to fetch ${name} from.`, {
      facts: ['Import the model from its folder again.'],
    })
  }
  const message = `No tab gives the rest of ${name} now. What has arrived is kept; try again later.`
  const facts = losses.flatMap((error) => [error.message, ...error.facts])
  return new WeftError('storage/no-tabs', message, { facts })
}

const cancelled = ({ name }: Manifest) => new CancelledError({ subject: `Fetching ${name}` })

type ReadInit = {
  file: ManifestFile
  chunks: ChunkStore
  take: (file: ManifestFile, index: number, bytes: Uint8Array) => void
}

/** Takes the chunks that are kept and whole. @returns the indexes of the others */
async function readKept(
  { file, chunks, take }: ReadInit,
  signal: AbortSignal | undefined,
): Promise<Set<number>> {
  const missing = new Set<number>()
  for (const index of file.chunks.keys()) {
    if (signal?.aborted) throw new CancelledError({ subject: `Reading ${file.path}` })
    const kept = await getWhole(chunks, file, index)
    if (kept) take(file, index, kept)
    else missing.add(index)
  }
  return missing
}

/** Receipts name the tokenizer by the hash of its whole file, which no chunk's hash vouches for. */
async function checkWhole(file: ManifestFile, content: Uint8Array): Promise<void> {
  const actual = await sha256Hex(content)
  if (actual === file.sha256) return
  throw new WeftError(
    'storage/bad-manifest',
    `The manifest of this model contradicts itself about ${file.path}. Choose another model.`,
    {
      facts: [
        `Its chunks make a file of SHA-256 ${actual}; it says ${file.sha256}`,
        'Whoever made it can write it anew: `npm run manifest -- FOLDER`.',
      ],
    },
  )
}

function allocate(file: ManifestFile): Uint8Array {
  try {
    return new Uint8Array(file.sizeBytes)
  } catch (cause) {
    throw new WeftError(
      'storage/no-memory',
      `This browser has no memory for ${file.path}. Close other tabs, or choose a smaller model.`,
      { facts: [`Needed in one piece: ${file.sizeBytes} bytes`], cause },
    )
  }
}

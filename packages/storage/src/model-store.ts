/**
 * The models that this browser keeps for this site: what is there, bringing one in, taking one out.
 * Nothing leaves it but by `remove`, or to make room for another one.
 * @module
 */
import {
  CancelledError,
  type Manifest,
  manifestCid,
  unlessAborted,
  WeftError,
} from '@weft/protocol'
import type { ChunkStore } from './chunk-store.ts'
import { chunkSize, sha256Hex } from './chunks.ts'
import {
  type ImportModelOptions,
  type ImportReport,
  keepImport,
  matchFiles,
} from './import-model.ts'
import { makeRoom } from './make-room.ts'
import {
  type FetchModelInit,
  type FetchModelOptions,
  fetchModelFiles,
  totalBytes,
} from './model-files.ts'
import type { ModelRecord } from './records.ts'
import type { Stores } from './stores.ts'

export type CachedModel = ModelRecord & {
  /** Of `totalBytes`, kept here. */
  cachedBytes: number
  totalBytes: number
}

/** What is here of a model. */
export type HeldModel = {
  manifest: Manifest
  isWhole: boolean
  /** One bit for each chunk of the manifest, in its order, the lowest of a byte first. */
  bits: Uint8Array
}

/** What the browser grants this site. */
export type StorageSpace = {
  /** Chunks of models. */
  modelBytes: number
  /** All that this site keeps, and its bound; null where the browser does not say. */
  usedBytes: number | null
  quotaBytes: number | null
  /** Whether the browser may clear it when the disk is full. */
  isPersisted: boolean
  /** False where nothing is kept, as in some private windows. */
  isLasting: boolean
}

export interface ModelStore {
  /** Every model of which something is kept, the one used last first. */
  list(): Promise<CachedModel[]>
  /**
   * The model's files: what is kept, and the rest fetched and kept. Where room is short, models that
   * were used least make some, but none that is shared, imported or loaded.
   * @throws WeftError `storage/no-space` before anything is fetched; as `fetchModelFiles`
   */
  open(init: OpenInit, options?: FetchModelOptions): Promise<Map<string, Uint8Array>>
  /**
   * Keeps a model from files of this device: a folder with its manifest.json, or files that belong
   * to a manifest in `known`.
   * @throws WeftError `storage/import`, `storage/bad-manifest`, `storage/wrong-hash`,
   *   `storage/no-space`, `protocol/cancelled`
   */
  import(init: ImportInit, options?: ImportModelOptions): Promise<ImportReport>
  /** @returns undefined for a model of which nothing is kept */
  held(modelCid: string): Promise<HeldModel | undefined>
  /** @returns a chunk that is kept and whole, by its SHA-256 in hex; null else */
  chunk(hash: string): Promise<Uint8Array | null>
  /** Says to all tabs that the model is in use, until the function that it returns is called. */
  hold(modelCid: string): Promise<() => void>
  /** @throws WeftError `storage/model-in-use` while any tab holds it */
  remove(modelCid: string): Promise<void>
  space(): Promise<StorageSpace>
  /** Asks the browser never to clear this by itself; it may ask the person. @returns whether it will */
  requestPersistence(): Promise<boolean>
}

export type OpenInit = Pick<FetchModelInit, 'manifest' | 'sources' | 'findTabs'> & {
  /** The tab that the manifest came from. */
  publisher?: string | null
}

export type ImportInit = { files: readonly File[]; known: readonly Manifest[] }

export type ModelStoreInit = {
  chunks: ChunkStore
  stores: Pick<Stores, 'models' | 'storing'>
  locks: LockManager
  storage: Pick<StorageManager, 'estimate' | 'persist' | 'persisted'>
}

export function createModelStore({ chunks, stores, locks, storage }: ModelStoreInit): ModelStore {
  const lockName = (modelCid: string) => `weft-model-${modelCid}`

  async function list(): Promise<CachedModel[]> {
    const [records, sizes] = await Promise.all([stores.models.list(), chunks.sizes()])
    return records
      .map((record) => ({
        ...record,
        cachedBytes: keptBytes(record.manifest, sizes),
        totalBytes: totalBytes(record.manifest),
      }))
      .filter(({ cachedBytes }) => cachedBytes > 0)
      .sort((a, b) => b.lastUsedAtMs - a.lastUsedAtMs)
  }

  /** Before the first chunk, so that no chunk is ever without a record. */
  async function note({ manifest, isImport, publisher }: FillInit): Promise<void> {
    const modelCid = manifestCid(manifest)
    const before = await stores.models.get(modelCid)
    const isImported = isImport || before?.isImported === true
    const from = publisher ?? before?.publisher ?? null
    const lastUsedAtMs = Date.now()
    await stores.models.put({ modelCid, manifest, isImported, publisher: from, lastUsedAtMs })
  }

  async function requireSpace(manifest: Manifest, signal: AbortSignal | undefined): Promise<void> {
    if (!chunks.isLasting) return
    const missing = totalBytes(manifest) - keptBytes(manifest, await chunks.sizes())
    if (missing === 0 || missing <= (await freeBytes())) return
    // Some browsers give more to a site that may stay, and some ask the person first.
    // The question goes on; only the wait for its answer ends.
    if (
      (await unlessAborted(storage.persist(), signal, 'Loading')) &&
      missing <= (await freeBytes())
    )
      return
    const free = await freeBytes()
    const { shared } = await stores.storing.read()
    const others = (await list()).filter(({ modelCid }) => modelCid !== manifestCid(manifest))
    const hasRoom = await makeRoom(
      { models: others, shared, drop, keptBytes: keptBytesInAll },
      missing - free,
    )
    if (!hasRoom) throw noSpace({ manifest, missing, free })
  }

  async function keptBytesInAll(): Promise<number> {
    return [...(await chunks.sizes()).values()].reduce((sum, size) => sum + size, 0)
  }

  /** @returns false while any tab holds it */
  async function drop(modelCid: string): Promise<boolean> {
    return locks.request(lockName(modelCid), { ifAvailable: true }, async (lock) => {
      if (!lock) return false
      await stores.models.remove(modelCid)
      await dropUnreferenced()
      return true
    })
  }

  async function freeBytes(): Promise<number> {
    const { quota, usage } = await storage.estimate()
    return quota === undefined ? Number.POSITIVE_INFINITY : Math.max(0, quota - (usage ?? 0))
  }

  /** Chunks are listed before the records are read: another tab writes them the other way round. */
  async function dropUnreferenced(): Promise<void> {
    const sizes = await chunks.sizes()
    const records = await stores.models.list()
    const needed = new Set(records.flatMap(({ manifest }) => manifest.files.flatMap(hashesOf)))
    for (const hash of sizes.keys()) if (!needed.has(hash)) await chunks.remove(hash)
  }

  /** Waits for a removal that is under way. */
  function hold(modelCid: string, signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      locks
        .request(lockName(modelCid), { mode: 'shared', ...(signal ? { signal } : {}) }, () => {
          const { promise, resolve: release } = Promise.withResolvers<void>()
          resolve(release)
          return promise
        })
        .catch((cause: unknown) =>
          reject(signal?.aborted ? new CancelledError({ subject: 'Loading', cause }) : cause),
        )
    })
  }

  type FillInit = {
    manifest: Manifest
    isImport: boolean
    publisher: string | null
    signal: AbortSignal | undefined
  }

  /** The model is held while its chunks come: a removal would leave later ones without a record. */
  async function fill<T>(init: FillInit, bring: () => Promise<T>): Promise<T> {
    const { manifest, signal } = init
    await requireSpace(manifest, signal)
    const release = await hold(manifestCid(manifest), signal)
    try {
      await note(init)
      return await bring()
    } finally {
      release()
    }
  }

  return {
    list,
    open(init, options) {
      const { manifest, publisher = null } = init
      return fill({ manifest, publisher, isImport: false, signal: options?.signal }, () =>
        fetchModelFiles({ ...init, chunks }, options),
      )
    },
    async import({ files, known }, options = {}) {
      const match = await matchFiles({ files, known }, options)
      const { manifest } = match
      const { signal } = options
      return fill({ manifest, publisher: null, isImport: true, signal }, () =>
        keepImport(match, chunks, options),
      )
    },
    async held(modelCid) {
      const record = await stores.models.get(modelCid)
      if (!record) return undefined
      const sizes = await chunks.sizes()
      const pieces = record.manifest.files.flatMap((file) =>
        file.chunks.map((hash, index) => sizes.get(hash) === chunkSize(file, index)),
      )
      const bits = new Uint8Array(Math.ceil(pieces.length / 8))
      for (const [at, isKept] of pieces.entries()) {
        if (isKept) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
      }
      return { manifest: record.manifest, isWhole: pieces.every(Boolean), bits }
    },
    async chunk(hash) {
      const bytes = await chunks.get(hash)
      return bytes && (await sha256Hex(bytes)) === hash ? bytes : null
    },
    hold,
    async remove(modelCid) {
      if (!(await drop(modelCid))) throw inUse(modelCid)
    },
    async space() {
      const [{ usage = null, quota = null }, isPersisted, modelBytes] = await Promise.all([
        storage.estimate(),
        storage.persisted(),
        keptBytesInAll(),
      ])
      const { isLasting } = chunks
      return { modelBytes, usedBytes: usage, quotaBytes: quota, isPersisted, isLasting }
    },
    requestPersistence: () => storage.persist(),
  }
}

const hashesOf = ({ chunks }: { chunks: string[] }) => chunks

function keptBytes(manifest: Manifest, sizes: ReadonlyMap<string, number>): number {
  return manifest.files
    .flatMap((file) => file.chunks.map((hash, index) => [hash, chunkSize(file, index)] as const))
    .filter(([hash, size]) => sizes.get(hash) === size)
    .reduce((sum, [, size]) => sum + size, 0)
}

function inUse(modelCid: string): WeftError {
  return new WeftError('storage/model-in-use', 'This model is in use, so it was not deleted.', {
    facts: [
      `Model: ${modelCid}`,
      'Load another model, or reload the page, in every tab of this site that uses it; then try again.',
    ],
  })
}

type NoSpaceInit = { manifest: Manifest; missing: number; free: number }

function noSpace({ manifest, missing, free }: NoSpaceInit): WeftError {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`
  return new WeftError(
    'storage/no-space',
    `${manifest.name} needs ${megabytes(missing)} of storage; this browser leaves ${megabytes(free)} to this site.`,
    {
      facts: [
        'Nothing was fetched. Delete a model that you do not need, or free space on the disk.',
      ],
    },
  )
}

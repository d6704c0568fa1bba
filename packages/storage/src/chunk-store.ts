/**
 * Chunks by their SHA-256 in the origin private file system.
 * @module
 */
export interface ChunkStore {
  /** False where the browser gives no private file system: nothing is kept. */
  readonly isLasting: boolean
  /** @returns undefined when the chunk is not kept */
  get(sha256Hex: string): Promise<Uint8Array | undefined>
  /**
   * Keeps a chunk. A full disk is not an error: a chunk that was not kept is fetched again next time,
   * and one that was there before stays.
   * @returns whether it is kept
   */
  put(sha256Hex: string, bytes: Uint8Array): Promise<boolean>
  remove(sha256Hex: string): Promise<void>
  /** @returns the size in bytes of every chunk that is kept, by hash */
  sizes(): Promise<Map<string, number>>
}

/** Falls back to keeping nothing where the browser gives no private file system. */
export async function openChunkStore(
  storage: Pick<StorageManager, 'getDirectory'>,
): Promise<ChunkStore> {
  try {
    const root = await storage.getDirectory()
    return createChunkStore(await root.getDirectoryHandle('chunks', { create: true }))
  } catch {
    return noChunks
  }
}

/** Keeps nothing. */
export const noChunks: ChunkStore = {
  isLasting: false,
  get: async () => undefined,
  put: async () => false,
  remove: async () => {},
  sizes: async () => new Map(),
}

function createChunkStore(folder: FileSystemDirectoryHandle): ChunkStore {
  async function sizeOf(name: string): Promise<number | undefined> {
    const handle = await folder.getFileHandle(name).catch(() => undefined)
    return (await handle?.getFile().catch(() => undefined))?.size
  }

  return {
    isLasting: true,
    async get(name) {
      try {
        const handle = await folder.getFileHandle(name)
        const file = await handle.getFile()
        return new Uint8Array(await file.arrayBuffer())
      } catch {
        return undefined
      }
    },
    async put(name, bytes) {
      try {
        const handle = await folder.getFileHandle(name, { create: true })
        const writable = await handle.createWritable()
        await writable.write(new Uint8Array(bytes))
        await writable.close()
        return true
      } catch {
        // What is written takes the place of the old file only when it is closed: an empty one is new.
        if ((await sizeOf(name)) === 0) await this.remove(name)
        return false
      }
    },
    async remove(name) {
      await folder.removeEntry(name).catch(() => {})
    },
    async sizes() {
      const sizes = new Map<string, number>()
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind !== 'file') continue
        const file = await (handle as FileSystemFileHandle).getFile().catch(() => undefined)
        if (file && file.size > 0) sizes.set(name, file.size)
      }
      return sizes
    },
  }
}

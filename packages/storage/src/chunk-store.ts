/**
 * Chunks by their SHA-256 in the origin private file system.
 * @module
 */
export interface ChunkStore {
  /** @returns undefined when the chunk is not kept */
  get(sha256Hex: string): Promise<Uint8Array | undefined>
  /** Keeps a chunk. A full disk is not an error: the chunk is fetched again next time. */
  put(sha256Hex: string, bytes: Uint8Array): Promise<void>
  remove(sha256Hex: string): Promise<void>
}

/** Falls back to keeping nothing where the browser gives no private file system. */
export async function openChunkStore(storage: StorageManager): Promise<ChunkStore> {
  try {
    const root = await storage.getDirectory()
    return createChunkStore(await root.getDirectoryHandle('chunks', { create: true }))
  } catch {
    return { get: async () => undefined, put: async () => {}, remove: async () => {} }
  }
}

function createChunkStore(folder: FileSystemDirectoryHandle): ChunkStore {
  return {
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
      } catch {
        await this.remove(name)
      }
    },
    async remove(name) {
      await folder.removeEntry(name).catch(() => {})
    },
  }
}

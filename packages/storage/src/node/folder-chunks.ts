/**
 * Chunks by their SHA-256 in a folder, a file each.
 * @module
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChunkStore } from '../chunk-store.ts'

const nameSchema = /^[0-9a-f]{64}$/

/** Makes the folder. @throws what the file system throws where it may not */
export async function openFolderChunks(folder: string): Promise<ChunkStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return {
    isLasting: true,
    get: async (name) =>
      readFile(join(folder, name)).then(
        (bytes) => new Uint8Array(bytes),
        () => undefined,
      ),
    async put(name, bytes) {
      // What breaks off on the way never has the name of a chunk.
      const part = join(folder, `${name}.${crypto.randomUUID()}.part`)
      try {
        await writeFile(part, bytes)
        await rename(part, join(folder, name))
        return true
      } catch {
        await rm(part, { force: true }).catch(() => {})
        return false
      }
    },
    remove: (name) => rm(join(folder, name), { force: true }),
    async sizes() {
      const names = (await readdir(folder)).filter((name) => nameSchema.test(name))
      const sizes = new Map<string, number>()
      for (const name of names) {
        const file = await stat(join(folder, name)).catch(() => undefined)
        if (file && file.size > 0) sizes.set(name, file.size)
      }
      return sizes
    },
  }
}

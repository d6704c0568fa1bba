/**
 * A process of Node >= 22.15: WebRTC by node-datachannel, models by onnxruntime-node, a folder on disk.
 * @module
 */
import { mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createLocalEngine,
  createOwnEngine,
  nodeRuntime,
  type OpenRuntime,
  openLocalGraph,
} from '@weft/engine/local'
import { createNetwork } from '@weft/network'
import { repairWebRtc } from '@weft/network/node'
import { WeftError } from '@weft/protocol'
import type { ModelStoreInit } from '@weft/storage'
import {
  createLocks,
  noChunks,
  openFolderChunks,
  openFolderIdentity,
  openSqliteStores,
} from '@weft/storage/node'
import { createCell } from '../cell.ts'
import type { Platform, PlatformInit } from './platform.ts'

/**
 * A folder belongs to one process at a time.
 * @throws WeftError `storage/folder-in-use`, `storage/folder`, `storage/key-file`
 */
export async function openPlatform({ folder }: PlatformInit): Promise<Platform> {
  repairWebRtc()
  if (folder) await makeFolder(folder)
  const stores = openSqliteStores(folder ? join(folder, 'weft.sqlite') : null)
  try {
    const identity = await openFolderIdentity(folder ?? null)
    const storage = storageOf(folder)
    return {
      stores,
      identity: { ...identity, release() {} },
      chunks: folder ? await openFolderChunks(join(folder, 'chunks')) : noChunks,
      locks: createLocks(),
      storage,
      isOutdated: createCell(false),
      signs: {},
      page: Object.assign(new EventTarget(), { hidden: false }),
      openNetwork: createNetwork,
      openEngine: (events) => createOwnEngine({ name: 'models', createEngine, ...events }),
      createEngine,
      openGraph: (init) => openLocalGraph({ ...init, openRuntime }),
      openLayers: () => Promise.reject(noLayers()),
      async openProver(site) {
        const { createLocalProver } = await import('@weft/verification/proofs')
        return createLocalProver(site)
      },
      openChannel: () => ({ postMessage() {}, addEventListener() {}, close() {} }),
      stayAwake: () => () => {},
      close: () => stores.close(),
    }
  } catch (error) {
    stores.close()
    throw error
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw WeftError.from(cause, 'storage/folder', `The folder ${folder} cannot be made.`)
  })
}

/** The disk under the folder; nothing where nothing is kept. */
function storageOf(folder: string | undefined): ModelStoreInit['storage'] {
  return {
    async estimate() {
      if (!folder) return {}
      const { bavail, bsize } = await statfs(folder)
      return { quota: bavail * bsize, usage: 0 }
    },
    persist: async () => folder !== undefined,
    persisted: async () => folder !== undefined,
  }
}

const createEngine = () => createLocalEngine({ openRuntime })

const openRuntime: OpenRuntime = async (choice) => {
  if (choice !== 'wasm') throw new WeftError('engine/no-webgpu', 'Node has no WebGPU.')
  try {
    return nodeRuntime(await import('onnxruntime-node'), { threads: 1 })
  } catch (cause) {
    throw new WeftError(
      'engine/runtime-missing',
      'The program that runs models is not installed.',
      {
        facts: ['Install it: npm install onnxruntime-node'],
        cause,
      },
    )
  }
}

function noLayers(): WeftError {
  return new WeftError('sdk/no-layers', 'A process computes whole models only, no layers of one.')
}

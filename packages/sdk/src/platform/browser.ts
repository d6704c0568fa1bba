/**
 * A page, or a module worker of one.
 * @module
 */
import {
  createOwnEngine,
  createSharedEngine,
  createWorkerEngine,
  openWorkerLayers,
} from '@weft/engine'
import { createNetwork } from '@weft/network'
import { claimIdentity, createBrowserStores, openChunkStore, openDatabase } from '@weft/storage'
import { createCell } from '../cell.ts'
import type { SignSource } from '../pausing/device-signs.ts'
import { stayAwake } from '../pausing/stay-awake.ts'
import type { Platform, PlatformInit } from './platform.ts'

/** @throws WeftError `storage/no-identity` */
export async function openPlatform({ keepsNothing }: PlatformInit): Promise<Platform> {
  const { close, ...kept } = await (keepsNothing ? openForVisit() : openKept())
  return {
    ...kept,
    signs: navigator as SignSource,
    // A worker is never out of view: it is its page that is.
    page: globalThis.document ?? Object.assign(new EventTarget(), { hidden: false }),
    openNetwork: createNetwork,
    createEngine: createWorkerEngine,
    async openGraph(init, options) {
      const { openWorkerGraph } = await import('@weft/engine/run-graph')
      return openWorkerGraph(init, options)
    },
    openLayers: openWorkerLayers,
    async openProver(site) {
      const { createProver } = await import('@weft/verification/proofs')
      return createProver(site)
    },
    stayAwake,
    close,
  }
}

type Kept = Pick<
  Platform,
  | 'stores'
  | 'identity'
  | 'chunks'
  | 'locks'
  | 'storage'
  | 'isOutdated'
  | 'openEngine'
  | 'openChannel'
  | 'close'
>

/** What the tabs of an origin share. */
async function openKept(): Promise<Kept> {
  const { locks, storage } = navigator
  const isOutdated = createCell(false)
  const database = await openDatabase('weft', { onOutdated: () => isOutdated.set(true) })
  const session = globalThis.sessionStorage ?? emptySession()
  const [identity, chunks] = await Promise.all([
    claimIdentity({ database, locks, session }),
    openChunkStore(storage),
  ])
  const stores = createBrowserStores(database)
  return {
    stores,
    identity,
    chunks,
    locks,
    storage,
    isOutdated,
    openEngine: (events) =>
      createSharedEngine({ name: 'models', createEngine: () => createWorkerEngine(), ...events }),
    openChannel: (name) => new BroadcastChannel(name),
    close() {
      stores.close()
      identity.release()
    },
  }
}

/** Touches nothing that the browser keeps or that other tabs share. */
async function openForVisit(): Promise<Kept> {
  const { openMemory } = await import('@weft/storage/memory')
  return {
    ...openMemory(),
    isOutdated: createCell(false),
    openEngine: (events) =>
      createOwnEngine({ name: 'models', createEngine: () => createWorkerEngine(), ...events }),
    openChannel: () => ({ postMessage() {}, addEventListener() {}, close() {} }),
    close() {},
  }
}

/** A worker's memory of reloads: none. */
function emptySession(): Pick<Storage, 'getItem' | 'setItem'> {
  return { getItem: () => null, setItem: () => {} }
}

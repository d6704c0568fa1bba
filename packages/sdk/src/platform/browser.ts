/**
 * A page, or a module worker of one.
 * @module
 */
import { createSharedEngine, createWorkerEngine, openWorkerLayers } from '@weft/engine'
import { createNetwork } from '@weft/network'
import { claimIdentity, createBrowserStores, openChunkStore, openDatabase } from '@weft/storage'
import { createCell } from '../cell.ts'
import type { SignSource } from '../pausing/device-signs.ts'
import { stayAwake } from '../pausing/stay-awake.ts'
import type { Platform, PlatformInit } from './platform.ts'

/** @throws WeftError `storage/no-identity` */
export async function openPlatform(_init: PlatformInit): Promise<Platform> {
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
    signs: navigator as SignSource,
    // A worker is never out of view: it is its page that is.
    page: globalThis.document ?? Object.assign(new EventTarget(), { hidden: false }),
    openNetwork: createNetwork,
    openEngine: (events) =>
      createSharedEngine({ name: 'models', createEngine: () => createWorkerEngine(), ...events }),
    createEngine: createWorkerEngine,
    openLayers: openWorkerLayers,
    async openProver() {
      const { createProver } = await import('@weft/verification/proofs')
      return createProver(globalThis.location.origin)
    },
    openChannel: (name) => new BroadcastChannel(name),
    stayAwake,
    close() {
      stores.close()
      identity.release()
    },
  }
}

/** A worker's memory of reloads: none. */
function emptySession(): Pick<Storage, 'getItem' | 'setItem'> {
  return { getItem: () => null, setItem: () => {} }
}

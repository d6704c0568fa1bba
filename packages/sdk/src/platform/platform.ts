/**
 * What differs between a page, a worker and a process: where things are kept, how the engine runs, what the
 * device tells. `openTab` composes the same rooms over each; `#platform` is the one of this runtime.
 * @module
 */
import type {
  Engine,
  SharedEngine,
  SharedEngineInit,
  WorkerLayers,
  WorkerLayersInit,
} from '@weft/engine'
import type { Graph, GraphSchema, OpenGraphInit } from '@weft/engine/run-graph'
import type { Network, NetworkInit } from '@weft/network'
import type { ChunkStore, Identity, ModelStoreInit, Stores } from '@weft/storage'
import type { Prover } from '@weft/verification/proofs'
import type { Cell } from '../cell.ts'
import type { SignSource } from '../pausing/device-signs.ts'
import type { Page } from '../pausing/page-rest.ts'
import type { WaitOptions } from '../tab.ts'

export type PlatformInit = {
  /** Node only: where it keeps its key, its accounts and models; without it all ends with the process. */
  folder?: string | undefined
  /** Pages only: nothing is kept, not even a key, e.g. in a frame whose storage the browser blocks. */
  keepsNothing?: boolean
}

export interface Platform {
  readonly stores: Stores
  readonly identity: Identity
  readonly chunks: ChunkStore
  readonly locks: LockManager
  readonly storage: ModelStoreInit['storage']
  /** Something newer uses what is kept: nothing more is kept here. */
  readonly isOutdated: Cell<boolean>
  readonly signs: SignSource
  readonly page: Page
  openNetwork(init: NetworkInit): Promise<Network>
  /** The engine that answers and serves. */
  openEngine(events: Pick<SharedEngineInit, 'onRestart' | 'onRole'>): SharedEngine
  /** One more, e.g. for a model of vectors. */
  createEngine(): Engine
  /** One graph by itself, which takes its bytes over. */
  openGraph(init: OpenGraphInit<GraphSchema>, options?: WaitOptions): Promise<Graph>
  openLayers(init: WorkerLayersInit, options?: WaitOptions): Promise<WorkerLayers>
  /** Proves statements about what this tab alone knows. @param site - that has the keys, as a URL */
  openProver(site: string): Promise<Prover>
  /** To what else runs over the same stores. */
  openChannel(name: string): Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>
  /** Keeps the device from resting while it serves. @returns lets it rest */
  stayAwake(): () => void
  close(): void
}

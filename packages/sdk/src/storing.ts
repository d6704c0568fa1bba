/**
 * The storage role of a tab: gives the models that its owner shares to other tabs. Of the tabs of one
 * browser one gives; when it closes, the next does.
 * @module
 */
import type { AnnouncementHandle, ChunkHandler, Network } from '@weft/network'
import { encodeManifest, type Manifest, WeftError } from '@weft/protocol'
import {
  changeStoring,
  type Database,
  type ModelStore,
  readStoring,
  type StoringRecord,
} from '@weft/storage'
import { createCell } from './cell.ts'
import { createGiven } from './given.ts'
import { storingSentence } from './storing-sentence.ts'
import type { Storing, StoringState } from './tab.ts'

export type StoringInit = {
  database: Database
  store: Pick<ModelStore, 'held' | 'chunk' | 'hold'>
  network: Pick<Network, 'announce' | 'handleChunks' | 'onStatus' | 'status'>
  locks: LockManager
  /** Tells the browser's other tabs that the wish has changed. */
  channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'close'>
  /** Of the lock that the tab which gives holds; other browsers have other locks. */
  lockName?: string
  /** Looks whether another tab that says it stores the model really has it. Never rejects. */
  audit?: (modelCid: string, signal: AbortSignal) => Promise<void>
  /** Each chunk that was handed to a peer, at once: what vouchers for storage will be asked for. */
  onGiven?: (peerId: string, bytes: number) => void
}

/** Who gives looks at one of the others so often. */
const auditMs = 10 * 60_000

/** What is given now: of each model the manifest's bytes, and every chunk's hash. */
type Giving = {
  manifests: ReadonlyMap<string, Manifest>
  hashes: ReadonlySet<string>
  announcement: AnnouncementHandle
  stop: () => void
}

export async function createStoring(
  init: StoringInit,
): Promise<Storing & { close(): Promise<void> }> {
  const {
    database,
    store,
    network,
    locks,
    channel,
    lockName = 'weft-storing',
    onGiven,
    audit,
  } = init
  let record = await readStoring(database)
  let giving: Giving | undefined
  let isFirst = false
  let releaseLock = () => {}
  const closing = new AbortController()
  const given = createGiven({
    onChange: () => tell(),
    write: async (change) => {
      record = await changeStoring(database, change)
    },
  })
  const state = createCell<StoringState>(describe())
  const auditing = setInterval(() => {
    const shared = [...(giving?.manifests.keys() ?? [])]
    const modelCid = shared[Math.floor(Math.random() * shared.length)]
    if (modelCid) void audit?.(modelCid, closing.signal)
  }, auditMs)
  const unsubscribe = network.onStatus(() => tell())

  function describe(): StoringState {
    const { shared, limits } = record
    const { peers, ...counts } = given.counts(record)
    const isGiving = giving !== undefined
    const isOnline = network.status().relays.some((relay) => relay.state === 'online')
    const sentence = storingSentence({ shared, isGiving, isFirst, isOnline, peers })
    return { shared, limits, ...counts, peers, isGiving, sentence }
  }

  function tell(): void {
    if (!closing.signal.aborted) state.set(describe())
  }

  const handler: ChunkHandler = {
    limits: () => record.limits,
    manifest: async (modelCid) => {
      const manifest = giving?.manifests.get(modelCid)
      return manifest ? encodeManifest(manifest) : null
    },
    holdings: async (modelCid) => {
      if (!giving?.manifests.has(modelCid)) return null
      return (await store.held(modelCid))?.bits ?? null
    },
    chunk: async (hash) => (giving?.hashes.has(hash) ? store.chunk(hash) : null),
    onGiven(peerId, bytes) {
      given.add(peerId, bytes)
      onGiven?.(peerId, bytes)
    },
  }

  /** One change at a time; the last one says what is given. */
  let changes: Promise<unknown> = Promise.resolve()
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = changes.then(work)
    changes = turn.catch(() => {})
    return turn
  }

  /** Gives what the record says and is kept whole, and nothing else. */
  async function follow(): Promise<void> {
    const manifests = new Map<string, Manifest>()
    if (isFirst && !closing.signal.aborted) {
      for (const modelCid of record.shared) {
        const held = await store.held(modelCid)
        if (held?.isWhole) manifests.set(modelCid, held.manifest)
      }
    }
    const before = giving
    giving = manifests.size > 0 ? begin(manifests) : undefined
    if (!giving) before?.stop()
    tell()
    await before?.announcement.stop()
  }

  function begin(manifests: ReadonlyMap<string, Manifest>): Giving {
    const files = [...manifests.values()].flatMap((manifest) => manifest.files)
    return {
      manifests,
      hashes: new Set(files.flatMap(({ chunks }) => chunks)),
      announcement: network.announce({ stores: [...manifests.keys()] }),
      stop: network.handleChunks(handler),
    }
  }

  async function change(step: (before: StoringRecord) => StoringRecord): Promise<void> {
    await inTurn(async () => {
      record = await changeStoring(database, step)
      await follow()
    })
    channel.postMessage('changed')
  }

  channel.addEventListener('message', () => {
    void inTurn(async () => {
      record = await readStoring(database)
      await follow()
    }).catch(() => {}) // The page is outdated, or closing.
  })
  locks
    .request(lockName, { signal: closing.signal }, () => {
      isFirst = true
      void inTurn(follow)
      return new Promise<void>((resolve) => {
        releaseLock = resolve
      })
    })
    .catch(() => {}) // Closed before its turn came.

  return {
    state,
    async share(modelCid) {
      const held = await store.held(modelCid)
      if (!held?.isWhole) throw notWhole(modelCid)
      await change((before) => ({
        ...before,
        shared: [...before.shared.filter((each) => each !== modelCid), modelCid],
      }))
    },
    unshare: (modelCid) =>
      change((before) => ({
        ...before,
        shared: before.shared.filter((each) => each !== modelCid),
      })),
    limit: (limits) => change((before) => ({ ...before, limits })),
    async close() {
      clearInterval(auditing)
      closing.abort()
      unsubscribe()
      await inTurn(follow)
      releaseLock()
      await given.close()
      channel.close()
    },
  }
}

function notWhole(modelCid: string): WeftError {
  return new WeftError('sdk/not-whole', 'Only a model that is kept whole can be shared.', {
    facts: [`Model: ${modelCid}`, 'Load it here once; then all of it is kept.'],
  })
}

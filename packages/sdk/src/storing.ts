/**
 * The storage role of a tab: gives the models that its owner shares to other tabs. Of the tabs of one
 * browser one gives; when it closes, the next does.
 * @module
 */
import type { AnnouncementHandle, ChunkHandler, Network } from '@weft/network'
import { encodeManifest, WeftError } from '@weft/protocol'
import type { HeldModel, ModelStore, StoringRecord, StoringStore } from '@weft/storage'
import { createCell } from './cell.ts'
import { createGiven } from './given.ts'
import type { PauseWatch } from './pausing/pause-watch.ts'
import { storingSentence } from './storing-sentence.ts'
import type { Storing, StoringState } from './tab.ts'

export type StoringInit = {
  kept: StoringStore
  store: Pick<ModelStore, 'held' | 'chunk' | 'hold'>
  network: Pick<Network, 'announce' | 'handleChunks' | 'onStatus' | 'status'>
  locks: LockManager
  pausing: Pick<PauseWatch, 'givingPause' | 'ready'>
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

/** What is given now, whole, and every chunk's hash: a question of a peer reads no more than a chunk. */
type Giving = {
  models: ReadonlyMap<string, HeldModel>
  hashes: ReadonlySet<string>
  announcement: AnnouncementHandle
  stop: () => void
}

export type StoringRole = Storing & {
  /** What is kept may have changed. Never rejects. */
  refresh(): Promise<void>
  close(): Promise<void>
}

export async function createStoring(init: StoringInit): Promise<StoringRole> {
  const {
    kept,
    store,
    network,
    locks,
    pausing,
    channel,
    lockName = 'weft-storing',
    onGiven,
    audit,
  } = init
  let record = await kept.read()
  let giving: Giving | undefined
  let isFirst = false
  let releaseLock = () => {}
  const closing = new AbortController()
  const given = createGiven({
    onChange: () => tell(),
    write: async (change) => {
      record = await kept.change(change)
    },
  })
  const state = createCell<StoringState>(describe())
  const auditing = setInterval(() => {
    const shared = [...(giving?.models.keys() ?? [])]
    const modelCid = shared[Math.floor(Math.random() * shared.length)]
    if (modelCid) void audit?.(modelCid, closing.signal)
  }, auditMs)
  const unsubscribe = [
    network.onStatus(() => tell()),
    pausing.givingPause.subscribe(() => void refresh()),
  ]

  function describe(): StoringState {
    const { shared, limits } = record
    const { peers, ...counts } = given.counts(record)
    const isGiving = giving !== undefined
    const isOnline = network.status().relays.some((relay) => relay.state === 'online')
    const pause = pausing.givingPause.get()
    const sentence = storingSentence({ shared, isGiving, isFirst, isOnline, pause, peers })
    return { shared, limits, ...counts, peers, isGiving, sentence }
  }

  function tell(): void {
    if (!closing.signal.aborted) state.set(describe())
  }

  const handler: ChunkHandler = {
    limits: () => record.limits,
    manifest: async (modelCid) => {
      const model = giving?.models.get(modelCid)
      return model ? encodeManifest(model.manifest) : null
    },
    holdings: async (modelCid) => giving?.models.get(modelCid)?.bits ?? null,
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

  /** Gives what the record says and is kept whole, unless paused, and nothing else. */
  async function follow(): Promise<void> {
    const models = new Map<string, HeldModel>()
    if (isFirst && !closing.signal.aborted && !pausing.givingPause.get()) {
      for (const modelCid of record.shared) {
        const held = await store.held(modelCid)
        if (held?.isWhole) models.set(modelCid, held)
      }
    }
    const before = giving
    const isSame = [...models.keys()].join() === [...(before?.models.keys() ?? [])].join()
    if (isSame) return tell()
    giving = models.size > 0 ? begin(models) : undefined
    if (!giving) before?.stop()
    tell()
    await before?.announcement.stop()
  }

  function begin(models: ReadonlyMap<string, HeldModel>): Giving {
    const files = [...models.values()].flatMap(({ manifest }) => manifest.files)
    return {
      models,
      hashes: new Set(files.flatMap(({ chunks }) => chunks)),
      announcement: network.announce({ stores: [...models.keys()] }),
      stop: network.handleChunks(handler),
    }
  }

  async function change(step: (before: StoringRecord) => StoringRecord): Promise<void> {
    await inTurn(async () => {
      record = await kept.change(step)
      await follow()
    })
    channel.postMessage('changed')
  }

  // What fails then: the page is outdated, or closing.
  const refresh = () => inTurn(follow).catch(() => {})
  channel.addEventListener('message', () => {
    void inTurn(async () => {
      record = await kept.read()
      await follow()
    }).catch(() => {})
  })
  locks
    .request(lockName, { signal: closing.signal }, () => {
      isFirst = true
      void pausing.ready.then(refresh)
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
    refresh,
    async close() {
      clearInterval(auditing)
      closing.abort()
      for (const end of unsubscribe) end()
      await refresh()
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

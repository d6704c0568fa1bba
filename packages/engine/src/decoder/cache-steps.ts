/**
 * Steps over a key/value cache, whatever a graph reads and says: its past, its mask and its positions are
 * fed, and what it leaves behind is kept.
 * @module
 */
import type { DeviceTensor, Executor, Feed } from '../executor/executor.ts'
import { type CacheLimits, cacheLimits, type DecoderLayout } from './decoder-layout.ts'
import { disposeCache, disposeTensors, joinRows, type KvCache, type KvSource } from './kv-cache.ts'

export type StepsInit = {
  executor: Executor
  layout: DecoderLayout
  /** Wanted; `limits` says what is possible. */
  contextTokens: number
}

type StepInit = {
  /** What the graph takes beside cache, mask and positions. */
  feeds: Record<string, Feed>
  /** New tokens of each row. */
  count: number
  /** Beside the cache. */
  outputs: readonly string[]
}

type CacheSteps = {
  readonly limits: CacheLimits
  /** See `Decoder`. */
  join(sources: readonly KvSource[], slots?: number): KvCache
  confirm(cache: KvCache): Promise<void>
  /** Makes a static cache long enough for `added` more tokens; as it was where that fails. */
  reserve(cache: KvCache, added: number): Promise<void>
  /** One run behind `reserve`. What it returns besides the cache is the caller's to dispose. */
  run(cache: KvCache, step: StepInit): Promise<Record<string, DeviceTensor>>
  /** Kept until the next `returnLent`. */
  lend(tensor: DeviceTensor): void
  returnLent(): void
  release(): Promise<void>
}

/** Static tensors grow by halves, so that a long answer is copied a few times in all. */
const growth = 1.5
const slotUnit = 64

export function createCacheSteps({ executor, layout, ...init }: StepsInit): CacheSteps {
  const limits = cacheLimits(layout, { ...executor, wantedTokens: init.contextTokens })
  const { contextTokens } = limits
  const isStatic = layout.kvCache === 'static'
  const { past } = layout
  const lent: DeviceTensor[] = []

  const returnLent = (): void => {
    for (const tensor of lent.splice(0)) tensor.dispose()
  }
  const roomFor = (slots: number, wanted = slots): number => {
    if (!isStatic) return slots
    return Math.max(slots, Math.min(contextTokens, Math.ceil(wanted / slotUnit) * slotUnit))
  }
  const join = (sources: readonly KvSource[], slots: number): KvCache =>
    joinRows(executor, sources, { inputs: past, slots })

  const confirm = async (cache: KvCache): Promise<void> => {
    try {
      await executor.confirm(cache.tensors)
    } catch (error) {
      disposeCache(cache)
      throw error
    }
  }

  const feedsOf = (cache: KvCache, { feeds: given, count }: StepInit): Record<string, Feed> => {
    const { rows } = cache
    const feeds: Record<string, Feed> = { ...given, attention_mask: maskOf(layout, cache, count) }
    if (layout.hasPositions) {
      const ids = rows.flatMap(({ length }) => range(count).map((index) => length + index))
      feeds.position_ids = integers([rows.length, count], ids)
    }
    past.forEach(({ past: name, type, heads, headSize }, input) => {
      const held = cache.tensors[input]
      if (held) feeds[name] = held
      else {
        const none = executor.allocate(type, [rows.length, heads, 0, headSize])
        lent.push(none)
        feeds[name] = none
      }
    })
    return feeds
  }

  const grow = (cache: KvCache, count: number, results: Record<string, DeviceTensor>): void => {
    if (!isStatic) {
      const previous = cache.tensors
      cache.tensors = past.map(({ present }) => results[present] as DeviceTensor)
      for (const tensor of previous) tensor.dispose()
      cache.slots = cache.tensors[0]?.dims[2] ?? 0
    }
    for (const row of cache.rows) {
      row.length += count
      if (layout.padding === 'right') row.head = row.length
    }
  }

  return {
    limits,
    join(sources, slots = roomFor(Math.max(...sources.map(({ length }) => length)))) {
      returnLent()
      return join(sources, slots)
    },
    confirm,
    async reserve(cache, added) {
      const needed = longest(cache) + added
      if (!isStatic || needed <= cache.slots) return
      const sources = cache.rows.map(({ length }, row) => ({ cache, row, length }))
      const grown = join(sources, roomFor(needed, cache.slots * growth))
      await confirm(grown)
      const { rows } = cache
      disposeTensors(cache)
      Object.assign(cache, grown, { rows })
    },
    async run(cache, step) {
      const fetches: Record<string, DeviceTensor | null> = {}
      for (const name of step.outputs) fetches[name] = null
      past.forEach(({ present }, input) => {
        fetches[present] = isStatic ? (cache.tensors[input] ?? null) : null
      })
      const results = await executor.run({ feeds: feedsOf(cache, step), fetches })
      grow(cache, step.count, results)
      return results
    },
    lend: (tensor) => void lent.push(tensor),
    returnLent,
    async release() {
      returnLent()
      await executor.release()
    },
  }
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

export function longest({ rows }: KvCache): number {
  return Math.max(...rows.map(({ length }) => length))
}

export function integers(dims: readonly number[], values: ArrayLike<number>): Feed {
  return { type: 'int64', dims, values }
}

/** int64 [rows, slots behind the run]: 1 where a row holds a token or gets one. */
function maskOf({ padding }: DecoderLayout, cache: KvCache, count: number): Feed {
  const width = (padding === 'right' ? longest(cache) : cache.slots) + count
  const values = new Uint8Array(cache.rows.length * width)
  cache.rows.forEach((row, index) => {
    const mask = values.subarray(index * width, (index + 1) * width)
    if (padding === 'right') mask.fill(1, 0, row.length + count)
    else mask.fill(1, 0, row.head).fill(1, cache.joinedSlots)
  })
  return integers([cache.rows.length, width], values)
}

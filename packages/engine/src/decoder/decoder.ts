/**
 * A causal decoder as one ONNX graph, in the layouts that Hugging Face's and onnxruntime-genai's
 * exporters write: `input_ids`, `attention_mask`, perhaps `position_ids`, and a key/value cache,
 * `past_key_values.N.key` in and `present.N.key` out. Discovered by name, so no model is special.
 * @module
 */
import type { DeviceTensor, Executor, Feed, Selection } from '../executor/executor.ts'
import { logitRows } from '../graph/last-logits.ts'
import { type CacheLimits, cacheLimits, type DecoderLayout } from './decoder-layout.ts'
import {
  disposeCache,
  emptyCache,
  joinRows,
  type KvCache,
  type KvSource,
  shortenRow,
} from './kv-cache.ts'
import { readRows, spread } from './read-rows.ts'

type ForwardInit = {
  /** For each row of the cache as many new tokens as for every other. */
  tokens: readonly (readonly number[])[]
  /** Of the new tokens, ascending: after which of them logits are wanted; at least one. */
  positions: readonly number[]
  /** Whether to fetch the last hidden state at the same positions. */
  hiddenStates?: boolean
  /** The largest so many logits decide, so that the others may be -Infinity; null needs all. */
  logitsNeeded?: number | null
}

type ForwardAheadInit = {
  /** One new token for each row. */
  tokens: readonly number[]
  /** How many are to be read in all. */
  steps: number
}

/** Arrays are valid until the next call of anything on the decoder. */
type Forward = {
  /** By row and position, float32 [vocabulary]. */
  logits: Float32Array[][]
  /** By row and position, float32 [width]; null when not asked for or not shown by the graph. */
  hiddenStates: Float32Array[][] | null
}

export type Decoder = {
  readonly layout: DecoderLayout
  readonly limits: CacheLimits
  createCache(): KvCache
  /**
   * Reads tokens behind what each row holds, and grows the cache.
   * @throws WeftError `engine/not-loaded`, `engine/device-lost`, `engine/out-of-memory`,
   *   `engine/run-failed`
   */
  forward(cache: KvCache, init: ForwardInit): Promise<Forward>
  /**
   * Reads a token and, unseen, those that it leads to greedily: the device waits for nobody between
   * two steps. Tokens read too many are taken back with `shortenRow`. Null where steps are no faster
   * together, or a cache cannot be shortened.
   * @returns by step and row the largest logit, all others -Infinity
   * @throws WeftError as `forward`; the cache is then as it was
   */
  readonly forwardAhead:
    | ((cache: KvCache, init: ForwardAheadInit) => Promise<Float32Array[][]>)
    | null
  /**
   * Copies of rows as one cache, with room for a few more tokens.
   * @param slots exactly so many instead, for a copy that is not to grow
   * @throws WeftError `engine/out-of-memory` where that is known at once, see `confirm`
   */
  join(sources: readonly KvSource[], slots?: number): KvCache
  /**
   * Resolves once a joined cache is known to have its memory: before that, what it was copied from
   * may not be freed by anybody who wants to try again.
   * @throws WeftError `engine/out-of-memory`; the cache is then freed
   */
  confirm(cache: KvCache): Promise<void>
  /** Never rejects; everything else does from here on. */
  release(): Promise<void>
}

/** Static tensors grow by halves, so that a long answer is copied a few times in all. */
const growth = 1.5
const slotUnit = 64

export type DecoderInit = {
  executor: Executor
  layout: DecoderLayout
  /** Wanted; `limits` says what is possible. */
  contextTokens: number
}

/** New tokens of each row, as the graph takes them. */
type Step = Required<Pick<ForwardInit, 'positions' | 'hiddenStates'>> & {
  input: Feed
  count: number
}

export function createDecoder({ executor, layout, ...init }: DecoderInit): Decoder {
  const limits = cacheLimits(layout, { ...executor, wantedTokens: init.contextTokens })
  const { contextTokens } = limits
  const isStatic = layout.kvCache === 'static'
  const { past } = layout
  // What the last forward returned lies in these.
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

  /** Makes a static cache long enough for `added` more tokens; as it was where that fails. */
  const reserve = async (cache: KvCache, added: number): Promise<void> => {
    const needed = longest(cache) + added
    if (!isStatic || needed <= cache.slots) return
    const sources = cache.rows.map(({ length }, row) => ({ cache, row, length }))
    const grown = join(sources, roomFor(needed, cache.slots * growth))
    await confirm(grown)
    const { rows } = cache
    disposeCache(cache)
    Object.assign(cache, grown, { rows })
  }

  const feedsOf = (cache: KvCache, { input, count, positions }: Step): Record<string, Feed> => {
    const { rows } = cache
    const feeds: Record<string, Feed> = {
      input_ids: input,
      attention_mask: maskOf(layout, cache, count),
    }
    if (layout.hasPositions) {
      const ids = rows.flatMap(({ length }) => range(count).map((index) => length + index))
      feeds.position_ids = integers([rows.length, count], ids)
    }
    if (layout.choosesRows) {
      const chosen = rows.flatMap((_, row) => positions.map((position) => row * count + position))
      feeds[logitRows] = integers([chosen.length], chosen)
    }
    if (layout.hasLogitsToKeep) {
      feeds.num_logits_to_keep = integers([], [count - (positions[0] ?? 0)])
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

  /** One run behind `reserve`. What it returns besides the cache is the caller's to dispose. */
  const run = async (cache: KvCache, step: Step): Promise<Record<string, DeviceTensor>> => {
    const fetches: Record<string, DeviceTensor | null> = { logits: null }
    if (step.hiddenStates && layout.hiddenStates) fetches[layout.hiddenStates.name] = null
    past.forEach(({ present }, input) => {
      fetches[present] = isStatic ? (cache.tensors[input] ?? null) : null
    })
    const results = await executor.run({ feeds: feedsOf(cache, step), fetches })
    grow(cache, step.count, results)
    return results
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

  const { select } = executor

  return {
    layout,
    limits,
    createCache: emptyCache,
    join(sources, slots = roomFor(Math.max(...sources.map(({ length }) => length)))) {
      returnLent()
      return join(sources, slots)
    },
    confirm,
    async forward(cache, { tokens, positions, hiddenStates = false, logitsNeeded = null }) {
      returnLent()
      const count = tokens[0]?.length ?? 0
      await reserve(cache, count)
      const input = integers([tokens.length, count], tokens.flat())
      const results = await run(cache, { input, count, positions, hiddenStates })
      const pick = async (
        { name, choosesRows }: { name: string; choosesRows: boolean },
        needed: number | null,
      ): Promise<Float32Array[][]> => {
        const tensor = results[name] as DeviceTensor
        lent.push(tensor)
        // Of each row, the graph returned the last so many positions, or all.
        const returned = choosesRows ? positions.length : (tensor.dims.at(-2) ?? 0)
        const offset = (position: number, index: number): number =>
          choosesRows ? index : returned - count + position
        const rows = tokens.flatMap((_, row) =>
          positions.map((position, index) => row * returned + offset(position, index)),
        )
        const read = await readRows(executor, tensor, { rows, needed })
        const each = positions.length
        return tokens.map((_, row) => read.slice(row * each, (row + 1) * each))
      }
      const { choosesRows } = layout
      return {
        logits: await pick({ name: 'logits', choosesRows }, logitsNeeded),
        hiddenStates:
          hiddenStates && layout.hiddenStates ? await pick(layout.hiddenStates, null) : null,
      }
    },
    forwardAhead:
      isStatic && select
        ? async (cache, { tokens, steps }) => {
            returnLent()
            const lengths = cache.rows.map(({ length }) => length)
            const most = Math.max(1, contextTokens - longest(cache))
            const selections: Selection[] = []
            let width = 0
            try {
              await reserve(cache, Math.min(steps, most))
              let input: Feed = integers([tokens.length, 1], tokens)
              while (selections.length < Math.min(steps, most)) {
                const step = { input, count: 1, positions: [0], hiddenStates: false }
                const { logits } = await run(cache, step)
                lent.push(logits as DeviceTensor)
                width = logits?.dims.at(-1) ?? 0
                const selection = select(logits as DeviceTensor, {
                  rows: range(tokens.length),
                  k: 1,
                })
                selections.push(selection)
                input = selection.first
              }
              const read = await Promise.all(selections.map((selection) => selection.read()))
              return read.map((rows) => rows.map((largest) => spread(largest, width)))
            } catch (error) {
              lengths.forEach((length, row) => {
                shortenRow(cache, row, length)
              })
              throw error
            } finally {
              for (const selection of selections) selection.dispose()
            }
          }
        : null,
    async release() {
      returnLent()
      await executor.release()
    },
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

function longest({ rows }: KvCache): number {
  return Math.max(...rows.map(({ length }) => length))
}

function integers(dims: readonly number[], values: ArrayLike<number>): Feed {
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

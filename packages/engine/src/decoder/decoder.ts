/**
 * A causal decoder as one ONNX graph, in the layouts that Hugging Face's and onnxruntime-genai's
 * exporters write: `input_ids`, `attention_mask`, perhaps `position_ids`, and a key/value cache,
 * `past_key_values.N.key` in and `present.N.key` out. Discovered by name, so no model is special.
 * @module
 */
import type { DeviceTensor, Executor, Feed } from '../executor/executor.ts'
import { logitRows } from '../graph/last-logits.ts'
import type { DecoderLayout } from './decoder-layout.ts'
import { disposeCache, emptyCache, joinRows, type KvCache, type KvSource } from './kv-cache.ts'

export type ForwardInit = {
  /** For each row of the cache as many new tokens as for every other. */
  tokens: readonly (readonly number[])[]
  /** Of the new tokens, ascending: after which of them logits are wanted; at least one. */
  positions: readonly number[]
  /** Whether to fetch the last hidden state at the same positions. */
  hiddenStates?: boolean
}

/** Arrays are valid until the next call of anything on the decoder. */
export type Forward = {
  /** By row and position, float32 [vocabulary]. */
  logits: Float32Array[][]
  /** By row and position, float32 [width]; null when not asked for or not shown by the graph. */
  hiddenStates: Float32Array[][] | null
}

export type Decoder = {
  readonly layout: DecoderLayout
  createCache(): KvCache
  /**
   * Reads tokens behind what each row holds, and grows the cache.
   * @throws WeftError `engine/not-loaded`, `engine/device-lost`, `engine/out-of-memory`,
   *   `engine/run-failed`
   */
  forward(cache: KvCache, init: ForwardInit): Promise<Forward>
  /** Copies of rows as one cache. @throws WeftError `engine/out-of-memory` */
  join(sources: readonly KvSource[]): KvCache
  /** Never rejects; everything else does from here on. */
  release(): Promise<void>
}

/** Static tensors grow by halves, so that a long answer is copied a few times in all. */
const growth = 1.5
const slotUnit = 64

export type DecoderInit = { executor: Executor; layout: DecoderLayout; contextTokens: number }

export function createDecoder({ executor, layout, contextTokens }: DecoderInit): Decoder {
  const isStatic = layout.kvCache === 'static'
  const { past } = layout
  // What the last forward returned lies in these.
  const lent: DeviceTensor[] = []

  const returnLent = (): void => {
    for (const tensor of lent.splice(0)) tensor.dispose()
  }
  const roomFor = (slots: number): number => {
    if (!isStatic) return slots
    return Math.min(Math.max(contextTokens, slots), Math.ceil(slots / slotUnit) * slotUnit)
  }
  const join = (sources: readonly KvSource[], slots: number): KvCache =>
    joinRows(executor, sources, { inputs: past, slots })

  /** Makes a static cache long enough for `added` more tokens. */
  const reserve = (cache: KvCache, added: number): void => {
    const needed = longest(cache) + added
    if (!isStatic || needed <= cache.slots) return
    const sources = cache.rows.map(({ length }, row) => ({ cache, row, length }))
    const grown = join(sources, roomFor(Math.max(needed, Math.floor(cache.slots * growth))))
    const { rows } = cache
    disposeCache(cache)
    Object.assign(cache, grown, { rows })
  }

  const feedsOf = (cache: KvCache, tokens: ForwardInit['tokens']): Record<string, Feed> => {
    const count = tokens[0]?.length ?? 0
    const feeds: Record<string, Feed> = {
      input_ids: integers([tokens.length, count], tokens.flat()),
      attention_mask: maskOf(layout, cache, count),
    }
    if (layout.hasPositions) {
      const positions = cache.rows.flatMap(({ length }) =>
        Array.from({ length: count }, (_, index) => length + index),
      )
      feeds.position_ids = integers([tokens.length, count], positions)
    }
    past.forEach(({ past: name, type, heads, headSize }, input) => {
      const held = cache.tensors[input]
      if (held) feeds[name] = held
      else {
        const none = executor.allocate(type, [tokens.length, heads, 0, headSize])
        lent.push(none)
        feeds[name] = none
      }
    })
    return feeds
  }

  return {
    layout,
    createCache: emptyCache,
    join(sources) {
      returnLent()
      return join(sources, roomFor(Math.max(...sources.map(({ length }) => length))))
    },
    async forward(cache, { tokens, positions, hiddenStates = false }) {
      returnLent()
      const count = tokens[0]?.length ?? 0
      reserve(cache, count)
      const feeds = feedsOf(cache, tokens)
      const rows = tokens.flatMap((_, row) => positions.map((position) => row * count + position))
      if (layout.choosesRows) feeds[logitRows] = integers([rows.length], rows)
      if (layout.hasLogitsToKeep) {
        feeds.num_logits_to_keep = integers([], [count - (positions[0] ?? 0)])
      }
      const hidden = hiddenStates ? layout.hiddenStates : null
      const fetches: Record<string, DeviceTensor | null> = { logits: null }
      if (hidden) fetches[hidden.name] = null
      past.forEach(({ present }, input) => {
        fetches[present] = isStatic ? (cache.tensors[input] ?? null) : null
      })
      const results = await executor.run({ feeds, fetches })
      grow(cache, count, results)
      const pick = async (name: string, isPicked: boolean): Promise<Float32Array[][]> => {
        const tensor = results[name] as DeviceTensor
        lent.push(tensor)
        const width = tensor.dims.at(-1) ?? 0
        const data = await executor.read(tensor)
        // Of each row, the graph returned the last so many positions, or all.
        const returned = isPicked ? positions.length : (tensor.dims.at(-2) ?? 0)
        return tokens.map((_, row) =>
          positions.map((position, index) => {
            const offset = isPicked ? index : returned - count + position
            const start = (row * returned + offset) * width
            return data.subarray(start, start + width)
          }),
        )
      }
      return {
        logits: await pick('logits', layout.choosesRows),
        hiddenStates: hidden ? await pick(hidden.name, hidden.choosesRows) : null,
      }
    },
    release: executor.release,
  }

  function grow(cache: KvCache, count: number, results: Record<string, DeviceTensor>): void {
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

/**
 * The key/value cache of answers that decode together: for every layer's key and value one tensor
 * [rows, heads, slots, head size], and which of a row's slots hold what.
 *
 * Two kinds of graph read it differently. One with an explicit mask (`holes`) puts every new token
 * into one more slot at the end, for all rows alike; slots that a shorter row does not use stay masked
 * in its middle. GroupQueryAttention (`right`) keeps each row's tokens at its beginning and writes the
 * new one behind them.
 * @module
 */
import { WeftError } from '@weft/protocol'
import {
  bytesPerElement,
  type CopyRun,
  type DeviceTensor,
  type Executor,
  elementsOf,
  type FloatType,
} from '../executor/executor.ts'

export type KvInput = {
  /** Of the graph, e.g. `past_key_values.0.key`. */
  past: string
  /** e.g. `present.0.key` */
  present: string
  type: FloatType
  heads: number
  headSize: number
}

type KvRow = {
  /** Tokens read. */
  length: number
  /** Slots from 0 that hold the first of them; the rest lies in slots from `joinedSlots` on. */
  head: number
}

export type KvCache = {
  /** In the order of the graph's inputs; empty while no row has read anything. */
  tensors: DeviceTensor[]
  /** The tensors' third dimension. */
  slots: number
  /** Where the slots begin that every row has had since the rows came together. */
  joinedSlots: number
  rows: KvRow[]
  /** Called once when it is disposed, for whoever holds more of these rows elsewhere. */
  onDispose?: () => void
}

/** One row of a cache, or its first `length` tokens. */
export type KvSource = { cache: KvCache; row: number; length: number }

export function emptyCache(): KvCache {
  return { tensors: [], slots: 0, joinedSlots: 0, rows: [{ length: 0, head: 0 }] }
}

/**
 * A new cache whose rows are copies. The sources stay as they are.
 * @param slots of the new tensors, at least the longest source's length
 * @throws WeftError `engine/out-of-memory`, `engine/run-failed` when a source was freed
 */
export function joinRows(
  executor: Pick<Executor, 'allocate' | 'copy'>,
  sources: readonly KvSource[],
  { inputs, slots }: { inputs: readonly KvInput[]; slots: number },
): KvCache {
  // Zeros in its place would be an answer, and a wrong one.
  if (sources.some(({ cache, length }) => length > 0 && cache.tensors.length === 0)) throw freed()
  const rows = sources.map(({ length }) => ({ length, head: length }))
  if (slots === 0) return { tensors: [], slots, joinedSlots: 0, rows }
  const tensors: DeviceTensor[] = []
  try {
    inputs.forEach(({ type, heads, headSize }, input) => {
      const target = executor.allocate(type, [rows.length, heads, slots, headSize])
      tensors.push(target)
      sources.forEach((source, row) => {
        const tensor = source.cache.tensors[input]
        if (!tensor) return // Nothing read yet.
        const runs = copyRuns(source, { heads, headSize, row, slots })
        executor.copy(tensor, target, runs)
      })
    })
  } catch (error) {
    for (const tensor of tensors) tensor.dispose()
    throw error
  }
  return { tensors, slots, joinedSlots: slots, rows }
}

function freed(): WeftError {
  return new WeftError('engine/run-failed', 'A conversation was to be copied that has been freed.')
}

type Target = { heads: number; headSize: number; row: number; slots: number }

function copyRuns({ cache, row, length }: KvSource, target: Target): CopyRun[] {
  const { heads, headSize } = target
  const held = cache.rows[row]
  const inHead = Math.min(length, held?.head ?? 0)
  const parts = [
    { from: 0, to: 0, count: inHead },
    { from: cache.joinedSlots, to: inHead, count: length - inHead },
  ].filter(({ count }) => count > 0)
  return Array.from({ length: heads }, (_, head) =>
    parts.map(({ from, to, count }) => ({
      from: ((row * heads + head) * cache.slots + from) * headSize,
      to: ((target.row * heads + head) * target.slots + to) * headSize,
      length: count * headSize,
    })),
  ).flat()
}

/** Forgets what a row of a static cache read last: its slots are written over. */
export function shortenRow(cache: KvCache, row: number, length: number): void {
  const held = cache.rows[row]
  if (!held || held.length <= length) return
  held.length = length
  held.head = length
}

/** Frees what a cache holds; on a GPU and in the heap nothing else would. */
export function disposeCache(cache: KvCache): void {
  disposeTensors(cache)
  cache.rows = []
  cache.onDispose?.()
  delete cache.onDispose
}

/** The rows go on without them: in others, or read anew. */
export function disposeTensors(cache: KvCache): void {
  for (const tensor of cache.tensors) tensor.dispose()
  cache.tensors = []
  cache.slots = 0
  cache.joinedSlots = 0
}

export function cacheBytes({ tensors }: KvCache): number {
  return tensors.reduce((sum, { dims, type }) => sum + elementsOf(dims) * bytesPerElement(type), 0)
}

/**
 * The caches that other tabs have at this one's layers, each tab within its own bounds.
 * @module
 */
import { layersLimits, type PartStep, WeftError } from '@weft/protocol'
import { cacheBytes, disposeCache, type KvCache, type KvSource } from '../decoder/kv-cache.ts'
import { createTurns } from '../turns.ts'
import type { PartDecoder } from './part-decoder.ts'
import type { PartLink } from './part-link.ts'

/** Of the key/value caches of one asking tab, and of all together. */
type PartLimits = { maxBytesPerLink: number; maxBytes: number }

export type PartHost = {
  /** For one asking tab, which sees no cache but its own. */
  open(): PartLink
  release(): Promise<void>
}

type PartHostInit = {
  decoder: PartDecoder
  /** Of the states. */
  width: number
  limits: PartLimits
}

export function createPartHost({ decoder, width, limits }: PartHostInit): PartHost {
  const takeTurn = createTurns()
  const links = new Set<Map<number, KvCache>>()
  const bytesOf = (caches: Map<number, KvCache>): number =>
    [...caches.values()].reduce((sum, cache) => sum + cacheBytes(cache), 0)

  const requireRoom = (caches: Map<number, KvCache>, tokens: number): void => {
    const added = tokens * decoder.layout.bytesPerToken
    const all = [...links].reduce((sum, each) => sum + bytesOf(each), 0)
    if (bytesOf(caches) + added > limits.maxBytesPerLink || all + added > limits.maxBytes)
      throw noRoom()
  }
  /** One without rows where there is no room: the changes behind it must be made, only who reads it fails. */
  const joinWithin = (caches: Map<number, KvCache>, sources: readonly KvSource[]): KvCache => {
    try {
      if (sources.some(({ cache }) => cache.rows.length === 0)) throw noRoom()
      requireRoom(caches, sources.length * Math.max(...sources.map(({ length }) => length)))
      return decoder.join(sources)
    } catch (error) {
      if (!WeftError.is(error) || error.code !== 'engine/out-of-memory') throw error
      return { ...decoder.createCache(), rows: [] }
    }
  }
  const join = (caches: Map<number, KvCache>, change: Change<'join'>): void => {
    const sources = change.sources.map(({ cache: id, row, length }) => {
      const cache = caches.get(id) ?? decoder.createCache()
      const held = cache.rows[row]
      if (cache.rows.length > 0 && (!held || length > held.length))
        throw badStep(`Cache ${id} has no such row.`)
      return { cache, row, length }
    })
    if (caches.has(change.cache)) throw badStep(`Cache ${change.cache} is in use.`)
    // On a GPU a run that fails would end the session, for all.
    if (sources.length > (decoder.layout.fixedRows ?? sources.length))
      throw badStep(`${sources.length} rows.`)
    requirePlace(caches, change.cache)
    caches.set(change.cache, joinWithin(caches, sources))
  }
  const change = (caches: Map<number, KvCache>, each: Change): void => {
    if (each.type === 'join') join(caches, each)
    else {
      const cache = caches.get(each.cache)
      caches.delete(each.cache)
      if (cache) disposeCache(cache)
    }
  }
  const forward = async (
    caches: Map<number, KvCache>,
    asked: NonNullable<PartStep['forward']>,
    states: Float32Array,
  ): Promise<Float32Array> => {
    const { cache: id, rows, tokens, positions } = asked
    requirePlace(caches, id)
    const cache = caches.get(id) ?? decoder.createCache()
    caches.set(id, cache)
    if (cache.rows.length === 0) throw noRoom()
    if (cache.rows.length !== rows) throw badStep(`Cache ${id} has ${cache.rows.length} rows.`)
    if (states.length !== rows * tokens * width)
      throw badStep(`${states.length} numbers of states.`)
    if (positions && (positions.length > tokens || positions.some((each) => each >= tokens)))
      throw badStep('A position is not there.')
    const longest = Math.max(...cache.rows.map(({ length }) => length))
    if (longest + tokens > decoder.limits.contextTokens) throw badStep('The text is too long.')
    requireRoom(caches, rows * tokens)
    await decoder.confirm(cache)
    const result = await decoder.forward(cache, { states, count: tokens })
    return pickRows(result, { rows, tokens, width, positions })
  }

  return {
    open() {
      const caches = new Map<number, KvCache>()
      links.add(caches)
      return {
        step: ({ changes, forward: asked }, states) =>
          takeTurn(async () => {
            if (!links.has(caches)) throw closed()
            for (const each of changes) change(caches, each)
            return asked ? forward(caches, asked, states) : new Float32Array()
          }),
        close() {
          if (!links.delete(caches)) return
          // Not while a step uses them.
          void takeTurn(async () => {
            for (const cache of caches.values()) disposeCache(cache)
            caches.clear()
          })
        },
      }
    },
    async release() {
      links.clear()
      await takeTurn(() => decoder.release())
    },
  }
}

type Change<
  Type extends PartStep['changes'][number]['type'] = PartStep['changes'][number]['type'],
> = Extract<PartStep['changes'][number], { type: Type }>

/** Running answers, and what is kept of texts that begin alike. */
const maxCaches = 1024

function requirePlace(caches: Map<number, KvCache>, id: number): void {
  if (caches.size >= maxCaches && !caches.has(id)) throw badStep('Too many caches.')
}

type Picked = { rows: number; tokens: number; width: number; positions: readonly number[] | null }

/** A copy of the wanted positions of each row. */
function pickRows(states: Float32Array, { rows, tokens, width, positions }: Picked): Float32Array {
  if (!positions) return states.slice()
  const picked = new Float32Array(rows * positions.length * width)
  let at = 0
  for (let row = 0; row < rows; row += 1) {
    for (const position of positions) {
      const from = (row * tokens + position) * width
      picked.set(states.subarray(from, from + width), at)
      at += width
    }
  }
  return picked
}

/** Tokens a step may have where states are so wide. */
export function maxStepTokens(width: number): number {
  const { maxStatesBytes, maxTokens } = layersLimits
  return Math.max(1, Math.min(maxTokens, Math.floor(maxStatesBytes / (4 * width))))
}

function badStep(fact: string): WeftError {
  return new WeftError(
    'engine/bad-step',
    'This step does not fit the layers that it was sent to.',
    {
      facts: [fact],
    },
  )
}

function noRoom(): WeftError {
  return new WeftError(
    'engine/out-of-memory',
    'The tab that computes these layers has no room for this text. Start a shorter one.',
  )
}

function closed(): WeftError {
  return new WeftError('engine/part-lost', 'The tab that computes these layers has stopped.')
}

/**
 * A decoder whose layers lie in several tabs. This one reads tokens and makes logits of the last states;
 * between that the states go from tab to tab through here. A tab that is lost is replaced by another,
 * which reads again what the answers had read: their tokens are kept here for that.
 * @module
 */
import { type CacheChange, layersLimits, unlessAborted, WeftError } from '@weft/protocol'
import type { Decoder } from '../decoder/decoder.ts'
import { disposeCache, disposeTensors, type KvCache, type KvSource } from '../decoder/kv-cache.ts'
import { createTurns } from '../turns.ts'
import type { Closing } from './closing.ts'
import type { PartDecoder } from './part-decoder.ts'
import { maxStepTokens } from './part-host.ts'
import type { ConnectPart, PartLink } from './part-link.ts'

export type SplitDecoderInit = {
  opening: PartDecoder
  closing: Closing
  /** Beside the opening. */
  parts: number
  /** Of the states. */
  width: number
  connect: ConnectPart
}

/** What of a cache lies elsewhere. */
type Far = {
  /** Its name at every part. */
  id: number
  /** Tokens read, by row. */
  tokens: number[][]
  /** Of the parts that hold it; 0 where they and the opening do not hold the same. */
  generation: number
}

type Part = { link: PartLink | undefined; changes: CacheChange[] }

/** How long a lost part may be missing before its answers fail. */
const connectMs = 20_000
/** Freed caches are told with the next step, or after this long. */
const flushMs = 500
/** Parts that are lost within one step. */
const maxLosses = 4

/** @throws WeftError `engine/part-lost` when no tab computes one of the parts */
export async function createSplitDecoder(init: SplitDecoderInit): Promise<Decoder> {
  const { opening, closing, connect, width } = init
  const chunkTokens = maxStepTokens(width)
  const parts = Array.from({ length: init.parts }, (): Part => ({ link: undefined, changes: [] }))
  const far = new WeakMap<KvCache, Far>()
  const released = new AbortController()
  const takeTurn = createTurns()
  let lastId = 0
  let generation = 1
  let flushing: ReturnType<typeof setTimeout> | undefined

  const reach = async (part: Part): Promise<PartLink> => {
    if (part.link) return part.link
    const signal = AbortSignal.any([released.signal, AbortSignal.timeout(connectMs)])
    const number = parts.indexOf(part) + 1
    try {
      part.link = await unlessAborted(connect(number, { signal }), signal, 'The search')
    } catch (cause) {
      throw partMissing(number, cause)
    }
    part.changes = []
    generation += 1
    return part.link
  }
  const lose = (part: Part): void => {
    part.link?.close()
    part.link = undefined
    generation += 1
  }
  const askPart = async (part: Part, forward: PartForward, states: Float32Array) => {
    const link = await reach(part)
    const { maxChanges } = layersLimits
    try {
      while (part.changes.length > maxChanges) {
        const changes = part.changes.splice(0, maxChanges)
        await link.step({ changes, forward: null }, new Float32Array(), released)
      }
      const changes = part.changes.splice(0)
      return await link.step({ changes, forward }, states, released)
    } catch (error) {
      if (hasCode(error, 'engine/out-of-memory')) throw error
      lose(part)
      throw partLost(error)
    }
  }
  /** Freed rows would otherwise stay there for as long as nobody asks anything. */
  const flush = (): void => {
    flushing ??= setTimeout(() => {
      flushing = undefined
      void takeTurn(async () => {
        for (const part of parts)
          if (part.link && part.changes.length > 0) await askPart(part, null, new Float32Array())
      }).catch(() => {}) // The next step finds the part lost.
    }, flushMs)
  }
  const tell = (change: CacheChange): void => {
    for (const part of parts) if (part.link) part.changes.push(change)
    flush()
  }
  const adopt = (cache: KvCache, tokens: number[][], isWhole: boolean): KvCache => {
    lastId += 1
    const own: Far = { id: lastId, tokens, generation: isWhole ? generation : 0 }
    far.set(cache, own)
    cache.onDispose = () => tell({ type: 'free', cache: own.id })
    return cache
  }
  const farOf = (cache: KvCache): Far => far.get(cache) as Far
  const isWhole = (cache: KvCache): boolean => farOf(cache).generation === generation
  const createCache = (): KvCache => adopt(opening.createCache(), [[]], true)

  const join = (sources: readonly KvSource[], slots?: number): KvCache => {
    const tokens = sources.map(({ cache, row, length }) =>
      (farOf(cache).tokens[row] ?? []).slice(0, length),
    )
    if (!sources.every(({ cache }) => isWhole(cache))) {
      const rows = tokens.map(({ length }) => ({ length, head: length }))
      return adopt({ tensors: [], slots: 0, joinedSlots: 0, rows }, tokens, false)
    }
    const joined = adopt(opening.join(sources, slots), tokens, true)
    const named = sources.map(({ cache, ...rest }) => ({ cache: farOf(cache).id, ...rest }))
    tell({ type: 'join', cache: farOf(joined).id, sources: named })
    return joined
  }

  /** @returns float32 [rows, positions, width] behind the last layer */
  const read = async (cache: KvCache, { tokens, positions }: Reading): Promise<Float32Array> => {
    const own = farOf(cache)
    const count = tokens[0]?.length ?? 0
    const { generation: before } = own
    // Until all have read: a step that fails half way leaves them apart.
    own.generation = 0
    let states = await opening.forward(cache, { tokens })
    for (const part of parts) {
      const wanted = part === parts.at(-1) ? [...positions] : null
      const asked = { cache: own.id, rows: tokens.length, tokens: count, positions: wanted }
      states = await askPart(part, asked, states)
    }
    for (const [row, read] of own.tokens.entries()) read.push(...(tokens[row] ?? []))
    own.generation = before
    return states
  }
  /** Prompts are longer than a step may be; of several rows each has one token. */
  const readChunks = async (cache: KvCache, { tokens, positions }: Reading) => {
    const count = tokens[0]?.length ?? 0
    if (count * tokens.length <= chunkTokens) return read(cache, { tokens, positions })
    const found: Float32Array[] = []
    const perRow = Math.max(1, Math.floor(chunkTokens / tokens.length))
    for (let from = 0; from < count; from += perRow) {
      const chunk = tokens.map((row) => row.slice(from, from + perRow))
      const within = positions.map((position) => position - from)
      const wanted = within.filter((position) => position >= 0 && position < perRow)
      found.push(await read(cache, { tokens: chunk, positions: wanted }))
    }
    return concatRows(found, tokens.length)
  }
  /** Reads again what the rows had read. */
  const restore = async (cache: KvCache): Promise<void> => {
    const own = farOf(cache)
    for (const part of parts) await reach(part)
    tell({ type: 'free', cache: own.id })
    disposeTensors(cache)
    const singles: KvCache[] = []
    try {
      for (const tokens of own.tokens) {
        const single = createCache()
        singles.push(single)
        if (tokens.length > 0) await readChunks(single, { tokens: [tokens], positions: [] })
      }
      const joined = join(
        singles.map((single, row) => ({ cache: single, row: 0, length: lengthOf(own, row) })),
      )
      await opening.confirm(joined)
      const { id } = farOf(joined)
      const { tensors, slots, joinedSlots, rows } = joined
      Object.assign(cache, { tensors, slots, joinedSlots, rows })
      Object.assign(own, { id, generation: farOf(joined).generation })
    } finally {
      for (const single of singles) disposeCache(single)
    }
  }
  const readWhole = async (cache: KvCache, reading: Reading): Promise<Float32Array> => {
    const { tokens } = farOf(cache)
    const before = tokens.map(({ length }) => length)
    for (let losses = 0; ; losses += 1) {
      try {
        for (const part of parts) await reach(part)
        if (!isWhole(cache)) await restore(cache)
        return await readChunks(cache, reading)
      } catch (error) {
        // Chunks ahead of the one that failed are read again with it.
        for (const [row, length] of before.entries()) tokens[row]?.splice(length)
        const isOver = losses >= maxLosses || released.signal.aborted
        if (isOver || !hasCode(error, 'engine/part-lost')) throw error
      }
    }
  }

  for (const part of parts) await reach(part)
  return {
    layout: {
      ...opening.layout,
      choosesRows: true,
      hasLogitsToKeep: false,
      hiddenStates: { name: '', choosesRows: true },
    },
    limits: opening.limits,
    createCache,
    join,
    confirm: opening.confirm,
    keepStates: closing.keepStates,
    forward: (cache, { tokens, positions, ...init }) =>
      takeTurn(async () => {
        const states = await readWhole(cache, { tokens, positions })
        const { logitsNeeded = null, hiddenStates: isWanted = false, keep = [] } = init
        const count = tokens.length * positions.length
        const wanted = { logitsNeeded, hiddenStates: isWanted, keep }
        const said = await closing.forward({ states, count, ...wanted })
        const byRow = (values: Float32Array[]) =>
          tokens.map((_, row) => values.slice(row * positions.length, (row + 1) * positions.length))
        const { logits, hiddenStates } = said
        return {
          logits: byRow(logits),
          hiddenStates: hiddenStates && byRow(hiddenStates),
        }
      }),
    forwardAhead: null,
    async release() {
      released.abort()
      clearTimeout(flushing)
      for (const part of parts) part.link?.close()
      await takeTurn(() => Promise.all([opening.release(), closing.release()]))
    },
  }
}

type Reading = { tokens: readonly (readonly number[])[]; positions: readonly number[] }

/** Of each row first what the first list has of it, then what the next one has. */
function concatRows(lists: readonly Float32Array[], rows: number): Float32Array {
  const whole = new Float32Array(lists.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (let row = 0; row < rows; row += 1) {
    for (const list of lists) {
      const each = list.length / rows
      whole.set(list.subarray(row * each, (row + 1) * each), at)
      at += each
    }
  }
  return whole
}

type PartForward = Parameters<PartLink['step']>[0]['forward']

function lengthOf({ tokens }: Far, row: number): number {
  return tokens[row]?.length ?? 0
}

function hasCode(error: unknown, code: string): boolean {
  return WeftError.is(error) && error.code === code
}

function partLost(cause: unknown): WeftError {
  const { message, facts } = WeftError.from(cause, 'engine/part-lost', 'It is gone.')
  return new WeftError(
    'engine/part-lost',
    'Tabs that compute layers of this model were lost again and again. Ask another node.',
    { facts: [message, ...facts], cause },
  )
}

function partMissing(part: number, cause: unknown): WeftError {
  const { message, facts } = WeftError.from(cause, 'engine/part-missing', 'None was found.')
  return new WeftError(
    'engine/part-missing',
    'No tab computes the other layers of this model now. Try again later, or open one that does.',
    { facts: [`Part ${part}: ${message}`, ...facts], cause },
  )
}

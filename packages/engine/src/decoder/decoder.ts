/**
 * A causal decoder as one ONNX graph, in the layouts that Hugging Face's and onnxruntime-genai's
 * exporters write: `input_ids`, `attention_mask`, perhaps `position_ids`, and a key/value cache,
 * `past_key_values.N.key` in and `present.N.key` out. Discovered by name, so no model is special.
 * @module
 */
import type { DeviceTensor, Feed, Selection } from '../executor/executor.ts'
import { logitRows } from '../graph/last-logits.ts'
import { createCacheSteps, integers, longest, range, type StepsInit } from './cache-steps.ts'
import type { CacheLimits, DecoderLayout } from './decoder-layout.ts'
import { type KeptStates, keepEach, keepStates, type StatePlace } from './kept-states.ts'
import { emptyCache, type KvCache, type KvSource, shortenRow } from './kv-cache.ts'
import { readRows, spread } from './read-rows.ts'

type ForwardInit = {
  /** For each row of the cache as many new tokens as for every other. */
  tokens: readonly (readonly number[])[]
  /** Of the new tokens, ascending: after which of them logits are wanted; at least one. */
  positions: readonly number[]
  /** Whether to fetch the last hidden state at the same positions. */
  hiddenStates?: boolean
  /** By row, of a single new token: where its last hidden state is kept; null for nowhere. */
  keep?: readonly (StatePlace | null)[]
  /** The largest so many logits decide, so that the others may be -Infinity; null needs all. */
  logitsNeeded?: number | null
}

type ForwardAheadInit = {
  /** One new token for each row. */
  tokens: readonly number[]
  /** How many are to be read in all. */
  steps: number
  /** By row: where the first one's last hidden state is kept, and those behind it in the next slots. */
  keep?: readonly (StatePlace | null)[]
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
  /** Null where the graph shows no hidden states. */
  keepStates(slots: number): KeptStates | null
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

/** New tokens of each row, as the graph takes them. */
type Step = Required<Pick<ForwardInit, 'positions' | 'hiddenStates'>> & {
  input: Feed
  count: number
}

export function createDecoder({ executor, layout, ...init }: StepsInit): Decoder {
  const steps = createCacheSteps({ executor, layout, ...init })
  const { limits, reserve, lend, returnLent } = steps

  const run = (cache: KvCache, { input, count, positions, hiddenStates }: Step) => {
    const feeds: Record<string, Feed> = { input_ids: input }
    if (layout.choosesRows) {
      const chosen = cache.rows.flatMap((_, row) => positions.map((each) => row * count + each))
      feeds[logitRows] = integers([chosen.length], chosen)
    }
    if (layout.hasLogitsToKeep) {
      feeds.num_logits_to_keep = integers([], [count - (positions[0] ?? 0)])
    }
    const states = hiddenStates && layout.hiddenStates ? [layout.hiddenStates.name] : []
    return steps.run(cache, { feeds, count, outputs: ['logits', ...states] })
  }

  const { select } = executor

  return {
    layout,
    limits,
    createCache: emptyCache,
    join: steps.join,
    confirm: steps.confirm,
    keepStates: (slots) => (layout.hiddenStates ? keepStates(executor, slots) : null),
    async forward(cache, init) {
      const { tokens, positions, hiddenStates = false, keep = [], logitsNeeded = null } = init
      returnLent()
      const count = tokens[0]?.length ?? 0
      await reserve(cache, count)
      const input = integers([tokens.length, count], tokens.flat())
      const isKept = keep.some((place) => place)
      const step = { input, count, positions, hiddenStates: hiddenStates || isKept }
      const results = await run(cache, step)
      const states = layout.hiddenStates && results[layout.hiddenStates.name]
      lend(results.logits as DeviceTensor)
      if (states) lend(states)
      if (states && isKept) await keepEach(states, keep)
      const pick = async (
        { name, choosesRows }: { name: string; choosesRows: boolean },
        needed: number | null,
      ): Promise<Float32Array[][]> => {
        const tensor = results[name] as DeviceTensor
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
      layout.kvCache === 'static' && select
        ? async (cache, { tokens, steps: wanted, keep = [] }) => {
            returnLent()
            const lengths = cache.rows.map(({ length }) => length)
            const most = Math.max(1, limits.contextTokens - longest(cache))
            const selections: Selection[] = []
            let width = 0
            try {
              await reserve(cache, Math.min(wanted, most))
              let input: Feed = integers([tokens.length, 1], tokens)
              while (selections.length < Math.min(wanted, most)) {
                const hiddenStates = keep.some((place) => place)
                const step = { input, count: 1, positions: [0], hiddenStates }
                const { logits, [layout.hiddenStates?.name ?? '']: states } = await run(cache, step)
                lend(logits as DeviceTensor)
                if (states) {
                  lend(states)
                  await keepEach(states, keep, selections.length)
                }
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
    release: steps.release,
  }
}

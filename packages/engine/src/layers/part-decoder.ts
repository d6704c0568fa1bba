/**
 * Some layers of a decoder: tokens or states in, states out, with a key/value cache of those layers.
 * @module
 */
import { createCacheSteps, integers } from '../decoder/cache-steps.ts'
import { type CacheLimits, type PartLayout, readPartLayout } from '../decoder/decoder-layout.ts'
import { emptyCache, type KvCache, type KvSource } from '../decoder/kv-cache.ts'
import { type OpenDecoderInit, openOn } from '../decoder/open-decoder.ts'
import type { DeviceTensor, Executor, Feed } from '../executor/executor.ts'
import { statesIn, statesOut } from './split-graph.ts'

/** New tokens of each row of a cache. `states` are float32 [rows, count, width]. */
type PartInput =
  | { tokens: readonly (readonly number[])[] }
  | { states: Float32Array; count: number }

export type PartDecoder = {
  readonly layout: PartLayout
  readonly limits: CacheLimits
  createCache(): KvCache
  /** @returns float32 [rows, count, width], valid until the next call of anything */
  forward(cache: KvCache, input: PartInput): Promise<Float32Array>
  /** See `Decoder`. */
  join(sources: readonly KvSource[], slots?: number): KvCache
  confirm(cache: KvCache): Promise<void>
  release(): Promise<void>
}

/** @throws WeftError `engine/bad-graph`, `engine/unsupported`, `engine/out-of-memory` */
export function openPartDecoder({ contextTokens, ...init }: OpenDecoderInit): Promise<PartDecoder> {
  return openOn(init, (executor, facts) =>
    createPartDecoder({ executor, layout: readPartLayout(executor, facts), contextTokens }),
  )
}

type PartInit = { executor: Executor; layout: PartLayout; contextTokens: number }

function createPartDecoder({ executor, layout, contextTokens }: PartInit): PartDecoder {
  const { limits, ...steps } = createCacheSteps({ executor, layout, contextTokens })
  return {
    layout,
    limits,
    createCache: emptyCache,
    async forward(cache, input) {
      steps.returnLent()
      const rows = cache.rows.length
      const count = 'tokens' in input ? (input.tokens[0]?.length ?? 0) : input.count
      await steps.reserve(cache, count)
      const feeds: Record<string, Feed> = {}
      if ('tokens' in input) feeds.input_ids = integers([rows, count], input.tokens.flat())
      // Only their number is looked at.
      else if (layout.hasTokens) feeds.input_ids = integers([rows, count], [])
      if ('states' in input && layout.states) {
        const { states: values } = input
        const dims = [rows, count, values.length / (rows * count)]
        feeds[statesIn] = { type: 'floats', as: layout.states, dims, values }
      }
      const results = await steps.run(cache, { feeds, count, outputs: [statesOut] })
      const states = results[statesOut] as DeviceTensor
      steps.lend(states)
      return executor.read(states)
    },
    join: steps.join,
    confirm: steps.confirm,
    release: steps.release,
  }
}

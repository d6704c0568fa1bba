/**
 * States to logits: what comes behind the last layer, without a cache.
 * @module
 */

import { integers, range } from '../decoder/cache-steps.ts'
import { type KeptStates, keepEach, keepStates, type StatePlace } from '../decoder/kept-states.ts'
import type { OpenDecoderInit } from '../decoder/open-decoder.ts'
import { openOn } from '../decoder/open-decoder.ts'
import { readRows } from '../decoder/read-rows.ts'
import type { DeviceTensor, Executor, Feed, FloatType } from '../executor/executor.ts'
import { hiddenRows, logitRows } from '../graph/last-logits.ts'
import { statesIn } from './split-graph.ts'

type ClosingInput = {
  /** float32 [count, width] */
  states: Float32Array
  count: number
  /** See `Decoder.forward`; each row has one position where states are kept. */
  logitsNeeded: number | null
  hiddenStates: boolean
  keep: readonly (StatePlace | null)[]
}

/** Arrays are valid until the next call. */
type ClosingOutput = {
  /** [count] of float32 [vocabulary] */
  logits: Float32Array[]
  /** [count] of float32 [width], what the logits were made of; null where not asked for or not shown. */
  hiddenStates: Float32Array[] | null
}

export type Closing = {
  /** Null where the graph shows no hidden states. */
  keepStates(slots: number): KeptStates | null
  forward(input: ClosingInput): Promise<ClosingOutput>
  release(): Promise<void>
}

/** @throws WeftError `engine/bad-graph`, `engine/unsupported`, `engine/out-of-memory` */
export function openClosing(init: Omit<OpenDecoderInit, 'contextTokens'>): Promise<Closing> {
  return openOn(init, createClosing)
}

function createClosing(executor: Executor): Closing {
  const given = executor.inputs.find(({ name }) => name === statesIn)
  const as: FloatType = given?.isTensor && given.type === 'float16' ? 'float16' : 'float32'
  const takes = (name: string) => executor.inputs.some((input) => input.name === name)
  const showsHidden = executor.outputNames.includes(hiddenRows)
  let lent: DeviceTensor[] = []
  const returnLent = (): void => {
    for (const tensor of lent) tensor.dispose()
    lent = []
  }
  return {
    keepStates: (slots) => (showsHidden ? keepStates(executor, slots) : null),
    async forward({ states, count, logitsNeeded, hiddenStates, keep }) {
      returnLent()
      const dims = [1, count, states.length / count]
      const feeds: Record<string, Feed> = {
        [statesIn]: { type: 'floats', as, dims, values: states },
      }
      if (takes(logitRows)) feeds[logitRows] = integers([count], range(count))
      if (takes('num_logits_to_keep')) feeds.num_logits_to_keep = integers([], [count])
      const isKept = keep.some((place) => place)
      const isFetched = showsHidden && (hiddenStates || isKept)
      const fetches = { logits: null, ...(isFetched ? { [hiddenRows]: null } : {}) }
      const results = await executor.run({ feeds, fetches })
      lent = Object.values(results)
      const rows = range(count)
      const { logits, [hiddenRows]: hidden } = results
      if (hidden && isKept) await keepEach(hidden, keep)
      return {
        logits: await readRows(executor, logits as DeviceTensor, { rows, needed: logitsNeeded }),
        hiddenStates:
          hidden && hiddenStates ? await readRows(executor, hidden, { rows, needed: null }) : null,
      }
    },
    async release() {
      returnLent()
      await executor.release()
    },
  }
}

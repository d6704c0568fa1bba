/**
 * Speech to text by Moonshine tiny: an encoder over raw samples, and a decoder whose key/value cache is
 * the state of the graph.
 * Source: https://github.com/moonshine-ai/moonshine
 * @module
 */
import type { Graph } from '../run-graph/graph.ts'
import { defineGraph, type TensorSpec, tensor } from '../run-graph/schema.ts'

const heads = 8
const headSize = 36
const layers = 6
const beginToken = 1
const endToken = 2
const maxTokensPerSecond = 6

/** Where its files lie in the package. */
export const moonshineFolder = '@moonshine-ai/moonshine-js/dist/model/tiny/quantized'

export const listener = defineGraph({
  inputs: { input_values: tensor('float32', ['batch', 'samples']) },
  outputs: { last_hidden_state: tensor('float32', ['batch', 'frames', 288]) },
})

const caches = Array.from({ length: layers }, (_, layer) =>
  ['decoder', 'encoder'].flatMap((side) => [`${layer}.${side}.key`, `${layer}.${side}.value`]),
).flat()

export const writer = defineGraph({
  inputs: {
    input_ids: tensor('int64', ['batch', 'tokens']),
    encoder_hidden_states: tensor('float32', ['batch', 'frames', 288]),
    use_cache_branch: tensor('bool', [1]),
    ...cacheSpecs('past_key_values'),
  },
  outputs: { logits: tensor('float32', ['batch', 'tokens', 32_768]), ...cacheSpecs('present') },
  state: Object.fromEntries(caches.map((name) => [`past_key_values.${name}`, `present.${name}`])),
})

function cacheSpecs(prefix: string): Record<`${typeof prefix}.${string}`, TensorSpec<'float32'>> {
  const dims = ['batch', heads, '', headSize]
  return Object.fromEntries(caches.map((name) => [`${prefix}.${name}`, tensor('float32', dims)]))
}

export type Moonshine = { listener: Graph<typeof listener>; writer: Graph<typeof writer> }

/** @param samples at 16 kHz, from -1 to 1 @returns the tokens that were heard */
export async function transcribe(
  { listener, writer }: Moonshine,
  samples: Float32Array,
  seconds: number,
): Promise<number[]> {
  const { last_hidden_state: heard } = await listener.run({
    input_values: { dtype: 'float32', dims: [1, samples.length], data: samples },
  })
  const empty = { dtype: 'float32', dims: [1, heads, 1, headSize] } as const
  const noCache = Object.fromEntries(
    caches.map((name) => [
      `past_key_values.${name}`,
      { ...empty, data: new Float32Array(heads * headSize) },
    ]),
  )
  const grown = caches.filter((name) => name.includes('decoder'))
  const tokens: number[] = []
  while (tokens.length < seconds * maxTokensPerSecond) {
    const isFirst = tokens.length === 0
    const { logits } = await writer.run(
      {
        input_ids: {
          dtype: 'int64',
          dims: [1, 1],
          data: BigInt64Array.of(BigInt(tokens.at(-1) ?? beginToken)),
        },
        encoder_hidden_states: heard,
        use_cache_branch: { dtype: 'bool', dims: [1], data: Uint8Array.of(isFirst ? 0 : 1) },
        ...(isFirst ? noCache : {}),
      },
      {
        fetches: ['logits'],
        // The keys and values of what was heard are made once.
        ...(isFirst ? {} : { keep: grown.map((name) => `past_key_values.${name}`) }),
      },
    )
    const token = logits.data.indexOf(Math.max(...logits.data))
    if (token === endToken) break
    tokens.push(token)
  }
  return tokens
}

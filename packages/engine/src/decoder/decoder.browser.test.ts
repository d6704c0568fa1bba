import { describe, expect, test } from 'vitest'
import graphUrl from '../testing/half-decoder.onnx?url'
import weightsUrl from '../testing/half-decoder.onnx_data?url'
import { openWebRuntime } from '../worker/web-runtime.ts'
import type { Decoder } from './decoder.ts'
import { disposeCache, type KvCache } from './kv-cache.ts'
import { openDecoder } from './open-decoder.ts'

// In the browser: onnxruntime-node loses the bytes of a Float16Array that is fed back.
describe('a decoder of float16, without position_ids, with external weights', () => {
  /** As in make_graphs.py. */
  const table = [
    [0, 1],
    [1, 0],
    [1, 1],
    [-1, 2],
    [2, -1],
    [0.5, 0.5],
  ] as const

  /** (table[last] + sum of what was read) . table^T */
  function expected(tokens: number[]): number[] {
    const rows = [...tokens, tokens.at(-1) ?? 0].map((token) => table[token] ?? [0, 0])
    const [x, y] = [0, 1].map((column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0))
    return table.map(([a, b]) => a * (x ?? 0) + b * (y ?? 0))
  }

  test('prefill and decode give the exact logits', async () => {
    const decoder = await openDecoder({
      runtime: await openWebRuntime('wasm', { threads: 1, weightBytes: 0 }),
      graph: await fetchBytes(graphUrl),
      externalData: [{ path: 'half-decoder.onnx_data', data: await fetchBytes(weightsUrl) }],
      contextTokens: 64,
    })
    const cache = decoder.createCache()
    expect(await logitsOf(decoder, cache, [0, 3, 4])).toEqual(expected([0, 3, 4]))
    expect(await logitsOf(decoder, cache, [5])).toEqual(expected([0, 3, 4, 5]))
    expect(cache.rows[0]?.length).toBe(4)
    disposeCache(cache)
    await decoder.release()
    await expect(logitsOf(decoder, decoder.createCache(), [1])).rejects.toThrow(
      expect.objectContaining({ code: 'engine/not-loaded' }),
    )
  })
})

async function logitsOf(decoder: Decoder, cache: KvCache, tokens: number[]): Promise<number[]> {
  const { logits } = await decoder.forward(cache, {
    tokens: [tokens],
    positions: [tokens.length - 1],
  })
  return [...(logits[0]?.[0] ?? [])]
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url)
  return new Uint8Array(await response.arrayBuffer())
}

/**
 * A causal decoder as one ONNX graph, in the layout that Hugging Face's exporter writes: `input_ids`,
 * `attention_mask`, perhaps `position_ids`, and a key/value cache that is fed back concatenated,
 * `past_key_values.N.key` in and `present.N.key` out. Discovered by name, so no model is special.
 * @module
 */

import { WeftError } from '@weft/protocol'
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import type { OrtModule, Runtime } from '../runtime.ts'
import { lastLogits } from './logits.ts'
import { toModelError } from './model-error.ts'
import { createRun, releaseSession } from './session-run.ts'

/** What the model has read so far. Belongs to one answer; dispose it when the answer ends. */
export type DecoderCache = {
  /** Tokens read. */
  length: number
  /** By input name, each [1, heads, length, head size], on the GPU where the backend is. */
  tensors: Record<string, Tensor>
}

export type Decoder = {
  createCache(): DecoderCache
  /**
   * Reads `tokens` behind what `cache` holds and grows it.
   * @returns the logits after the last token, float32 [vocabulary]
   * @throws WeftError `engine/not-loaded`, `engine/device-lost`, `engine/out-of-memory`,
   *   `engine/run-failed`
   */
  step(cache: DecoderCache, tokens: readonly number[]): Promise<Float32Array>
  /** Never rejects; steps do from here on. */
  release(): Promise<void>
}

export type OpenDecoderInit = {
  runtime: Runtime
  graph: Uint8Array
  externalData: { path: string; data: Uint8Array }[]
  /** Layers of the model: how many pairs of `present.*` there are. */
  layers: number
}

type PastInput = { name: string; present: string; type: Tensor.Type; dims: number[] }

/** @throws WeftError `engine/bad-graph`, `engine/unsupported`, `engine/out-of-memory` */
export async function openDecoder({ runtime, ...model }: OpenDecoderInit): Promise<Decoder> {
  const session = await openSession(runtime, model)
  try {
    const past = pastInputs(session)
    return decoderOf(session, { runtime, past })
  } catch (error) {
    await releaseSession(session)
    throw error
  }
}

async function openSession(
  { ort, executionProvider }: Runtime,
  { graph, externalData, layers }: Omit<OpenDecoderInit, 'runtime'>,
): Promise<InferenceSession> {
  try {
    return await ort.InferenceSession.create(graph, {
      executionProviders: [executionProvider],
      ...(executionProvider === 'webgpu' ? { preferredOutputLocation: onGpu(layers) } : {}),
      ...(externalData.length > 0 ? { externalData } : {}),
      logSeverityLevel: 3, // errors
      // Without it DequantizeLinear is fused into int8 kernels on some backends and not on others.
      extra: { session: { disable_quant_qdq: '1' } },
    })
  } catch (cause) {
    throw toModelError(cause, 'load')
  }
}

function onGpu(layers: number): Record<string, 'gpu-buffer'> {
  const names = Array.from({ length: layers }, (_, layer) => [
    `present.${layer}.key`,
    `present.${layer}.value`,
  ])
  return Object.fromEntries(names.flat().map((name) => [name, 'gpu-buffer']))
}

/** @throws WeftError `engine/unsupported` when the graph is no decoder of this layout */
function pastInputs(session: InferenceSession): PastInput[] {
  const others = ['input_ids', 'attention_mask', 'position_ids']
  const past = session.inputMetadata.flatMap((input): PastInput[] => {
    if (others.includes(input.name)) return []
    const present = input.name.replace(/^past_key_values\./, 'present.')
    if (present === input.name || !session.outputNames.includes(present) || !input.isTensor) {
      throw unsupported(`It asks for the input ${input.name}.`)
    }
    const [, heads, , headSize] = input.shape
    if (typeof heads !== 'number' || typeof headSize !== 'number') {
      throw unsupported(`It does not say the shape of ${input.name}.`)
    }
    return [{ name: input.name, present, type: input.type, dims: [1, heads, 0, headSize] }]
  })
  for (const name of ['input_ids', 'attention_mask']) {
    if (!session.inputNames.includes(name)) throw unsupported(`It has no input ${name}.`)
  }
  if (!session.outputNames.includes('logits')) throw unsupported('It has no output logits.')
  if (past.length === 0) throw unsupported('It has no key/value cache.')
  return past
}

function unsupported(fact: string): WeftError {
  return new WeftError('engine/unsupported', 'This graph is not a decoder that Weft can run.', {
    facts: [fact],
  })
}

function decoderOf(
  session: InferenceSession,
  { runtime, past }: { runtime: Runtime; past: PastInput[] },
): Decoder {
  const { ort } = runtime
  const run = createRun(session, {
    runtime,
    fetches: ['logits', ...past.map(({ present }) => present)],
  })
  const int64 = (length: number, valueAt: (index: number) => number): Tensor =>
    new ort.Tensor(
      'int64',
      BigInt64Array.from({ length }, (_, index) => BigInt(valueAt(index))),
      [1, length],
    )
  return {
    createCache: () => ({ length: 0, tensors: {} }),
    async step(cache, tokens) {
      const feeds: Record<string, Tensor> = {
        input_ids: int64(tokens.length, (index) => tokens[index] ?? 0),
        attention_mask: int64(cache.length + tokens.length, () => 1),
      }
      if (session.inputNames.includes('position_ids')) {
        feeds.position_ids = int64(tokens.length, (index) => cache.length + index)
      }
      for (const { name, type, dims } of past) {
        feeds[name] = cache.tensors[name] ?? emptyTensor(ort, type, dims)
      }
      const results = await run.step(feeds)
      const previous = cache.tensors
      cache.tensors = Object.fromEntries(
        past.map(({ name, present }) => [name, results[present] as Tensor]),
      )
      cache.length += tokens.length
      disposeTensors(previous)
      return lastLogits(results.logits as Tensor)
    },
    release: run.release,
  }
}

/** Frees what a cache holds; on a GPU nothing else would. */
export function disposeCache(cache: DecoderCache): void {
  disposeTensors(cache.tensors)
  cache.tensors = {}
  cache.length = 0
}

function disposeTensors(tensors: Record<string, Tensor>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose()
}

function emptyTensor({ Tensor }: OrtModule, type: Tensor.Type, dims: number[]): Tensor {
  if (type === 'float16') return new Tensor('float16', new Uint16Array(0), dims)
  return new Tensor('float32', new Float32Array(0), dims)
}

/**
 * A graph as a session, under the options that make every backend compute the same.
 * @module
 */
import type { InferenceSession } from 'onnxruntime-web'
import type { Runtime } from '../runtime.ts'
import { toModelError } from './model-error.ts'

export type OpenSessionInit = {
  runtime: Runtime
  graph: Uint8Array
  /** Weights beside the graph, by their path seen from it. */
  externalData: readonly { path: string; data: Uint8Array }[]
  /** Outputs that stay on the device that computed them. */
  keepOnDevice?: readonly string[]
}

/** Session options without which backends compute a quantised graph differently. */
export const sameEverywhere = {
  // DequantizeLinear is fused into int8 kernels on some and not on others.
  disable_quant_qdq: '1',
  // On x86 without VNNI, onnxruntime-node adds two products of a signed byte in 16 bits, where they overflow.
  x64quantprecision: '1',
}

/** @throws WeftError `engine/bad-graph`, `engine/unsupported`, `engine/out-of-memory` */
export async function openSession(init: OpenSessionInit): Promise<InferenceSession> {
  const { runtime, graph, externalData, keepOnDevice = [] } = init
  const onGpu = runtime.executionProvider === 'webgpu' ? keepOnDevice : []
  const locations = Object.fromEntries(onGpu.map((name) => [name, 'gpu-buffer' as const]))
  try {
    return await runtime.ort.InferenceSession.create(graph, {
      executionProviders: [runtime.executionProvider],
      ...(onGpu.length > 0 ? { preferredOutputLocation: locations } : {}),
      ...(externalData.length > 0 ? { externalData } : {}),
      ...(runtime.threads ? { intraOpNumThreads: runtime.threads } : {}),
      logSeverityLevel: 3, // errors
      extra: { session: sameEverywhere },
    })
  } catch (cause) {
    throw toModelError(cause, 'load')
  }
}

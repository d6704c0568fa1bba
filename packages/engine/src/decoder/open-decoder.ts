/**
 * A graph's bytes to a decoder: prepared for the backend, opened as a session, on the executor that
 * copies least.
 * @module
 */

import type { Executor } from '../executor/executor.ts'
import { releaseSession } from '../executor/guard.ts'
import { createHeapExecutor, sessionHandle } from '../executor/heap-executor.ts'
import { createOrtExecutor } from '../executor/ort-executor.ts'
import type { GraphFacts } from '../graph/prepare-graph.ts'
import { prepareGraph } from '../graph/prepare-graph.ts'
import type { ExternalData } from '../graph/tensor-values.ts'
import { openSession } from '../model/open-session.ts'
import type { Runtime } from '../runtime.ts'
import { checkWeights } from './check-weights.ts'
import { maxFloatWeightBytes } from './cpu-memory.ts'
import { createDecoder, type Decoder } from './decoder.ts'
import { hiddenOutputs, readLayout } from './decoder-layout.ts'

export type OpenDecoderInit = {
  runtime: Runtime
  graph: Uint8Array
  externalData: ExternalData
  /** Tokens of prompt and answer together. */
  contextTokens: number
}

/** @throws WeftError `engine/bad-graph`, `engine/unsupported`, `engine/out-of-memory` */
export async function openDecoder({ contextTokens, ...init }: OpenDecoderInit): Promise<Decoder> {
  return openOn(init, (executor, facts) =>
    createDecoder({ executor, layout: readLayout(executor, facts), contextTokens }),
  )
}

/** What `create` makes of a prepared graph on its executor, which is released where that fails. */
export async function openOn<Result>(
  init: Omit<OpenDecoderInit, 'contextTokens'>,
  create: (executor: Executor, facts: GraphFacts) => Result,
): Promise<Result> {
  const { runtime } = init
  const { graph, externalData, facts } = prepareGraph({
    graph: init.graph,
    externalData: init.externalData,
    target: runtime.executionProvider === 'webgpu' ? 'webgpu' : 'cpu',
    maxFloatWeightBytes,
  })
  if (runtime.gpuLimits) checkWeights(graph, runtime.gpuLimits.maxBufferBytes)
  const executor = await openExecutor({ runtime, graph, externalData, facts })
  try {
    return create(executor, facts)
  } catch (error) {
    await executor.release()
    throw error
  }
}

type OpenExecutorInit = Omit<OpenDecoderInit, 'contextTokens'> & { facts: GraphFacts }

async function openExecutor({ runtime, facts, ...files }: OpenExecutorInit): Promise<Executor> {
  const keepOnDevice = facts.outputNames.filter(
    (name) => ['logits', ...hiddenOutputs].includes(name) || name.startsWith('present.'),
  )
  const session = await openSession({ runtime, ...files, keepOnDevice })
  try {
    const heap = await runtime.heap?.()
    if (heap && sessionHandle(session) !== undefined) {
      return createHeapExecutor({ session, runtime, heap })
    }
    const device = (await runtime.device?.()) ?? null
    return createOrtExecutor({ session, runtime, device })
  } catch (error) {
    await releaseSession(session)
    throw error
  }
}

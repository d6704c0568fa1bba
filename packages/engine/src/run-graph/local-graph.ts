/**
 * A graph in the thread that calls it: the worker's inside, and the whole of it in Node.
 * @module
 */
import { CancelledError, unlessAborted, WeftError } from '@weft/protocol'
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { createGuard, type Guard, releaseSession } from '../executor/guard.ts'
import { toModelError } from '../model/model-error.ts'
import { openSession } from '../model/open-session.ts'
import type { OpenRuntime, Runtime, RuntimeChoice } from '../runtime.ts'
import { createTurns } from '../turns.ts'
import { checkFeeds, checkNames, checkSchema, specsOf } from './check.ts'
import type { Graph, OpenGraphInit } from './graph.ts'
import type { GraphSchema, GraphTensor } from './schema.ts'

/** What the other backend would not do better. */
const finalCodes = ['engine/bad-graph', 'engine/bad-schema']

/**
 * @throws WeftError `engine/no-webgpu`, `engine/bad-graph`, `engine/bad-schema`, `engine/unsupported`,
 *   `engine/out-of-memory`
 */
export async function openLocalGraph<Schema extends GraphSchema = GraphSchema>(
  init: OpenGraphInit<Schema> & { openRuntime: OpenRuntime },
): Promise<Graph<Schema>> {
  const { backend, openRuntime, graph, externalData = [] } = init
  const weightBytes = externalData.reduce((sum, { data }) => sum + data.length, graph.length)
  const openOn = async (choice: RuntimeChoice) =>
    openOnRuntime(init, await openRuntime(choice, { weightBytes }))
  if (backend !== 'auto') return openOn(backend)
  try {
    return await openOn('hardware-webgpu')
  } catch (error) {
    if (WeftError.is(error) && finalCodes.includes(error.code)) throw error
    return openOn('wasm')
  }
}

async function openOnRuntime<Schema extends GraphSchema>(
  { graph, externalData = [], schema }: OpenGraphInit<Schema>,
  runtime: Runtime,
): Promise<Graph<Schema>> {
  const keepOnDevice = Object.values(schema?.state ?? {})
  const session = await openSession({ runtime, graph, externalData, keepOnDevice })
  try {
    return graphOf(session, { runtime, schema })
  } catch (error) {
    await releaseSession(session)
    throw error
  }
}

type GraphOfInit<Schema> = { runtime: Runtime; schema: Schema | undefined }

function graphOf<Schema extends GraphSchema>(
  session: InferenceSession,
  { runtime, schema }: GraphOfInit<Schema>,
): Graph<Schema> {
  const own = { inputs: specsOf(session.inputMetadata), outputs: specsOf(session.outputMetadata) }
  if (schema) checkSchema(schema, own)
  const { inputs, outputs, state = {} }: GraphSchema = schema ?? own
  const renewing = new Set(Object.values(state))
  const outputNames = Object.keys(outputs)
  const defaultFetches = outputNames.filter((name) => !renewing.has(name))
  const guard = createGuard(runtime)
  const takeTurn = createTurns()
  /** By input name. */
  const held = new Map<string, Tensor>()

  const hold = (input: string, tensor: Tensor): void => {
    held.get(input)?.dispose()
    held.set(input, tensor)
  }
  const compute = async (feeds: Record<string, Tensor>, wanted: string[]) => {
    try {
      return await session.run(feeds, wanted)
    } catch (cause) {
      // With outputs kept on the GPU, ONNX Runtime Web 1.30.0 would take the failed run's tensors for
      // those of the next one (`inputOutputBound` in `wasm-core-impl.ts`).
      if (runtime.executionProvider === 'webgpu' && renewing.size > 0) {
        guard.close(toModelError(cause, 'run'))
      }
      throw cause
    }
  }
  const step = async (feeds: Record<string, GraphTensor>, options: StepOptions) => {
    const { signal, fetches = defaultFetches, keep = Object.keys(state) } = options
    if (signal?.aborted) throw cancelled(signal)
    checkFeeds(feeds, { specs: inputs, held: new Set(held.keys()), named: schema !== undefined })
    checkNames(fetches, outputNames)
    checkNames(keep, Object.keys(state))
    const kept = keep.map((input) => [input, state[input] ?? ''] as const)
    const wanted = new Set([...fetches, ...kept.map(([, output]) => output)])
    const fed = Object.fromEntries(
      Object.keys(inputs).map((name) => {
        const given = feeds[name]
        return [name, given ? toOrt(given, runtime) : (held.get(name) as Tensor)]
      }),
    )
    const results = await guard.run(() => compute(fed, [...wanted]))
    const left = new Map(Object.entries(results))
    try {
      const keptOutputs = new Set(kept.map(([, output]) => output))
      const fetched: Record<string, GraphTensor> = {}
      for (const name of fetches) {
        const isKept = keptOutputs.has(name)
        fetched[name] = await fromOrt(results[name] as Tensor, { guard, isKept })
      }
      if (signal?.aborted) throw cancelled(signal)
      for (const [input, output] of kept) {
        hold(input, results[output] as Tensor)
        left.delete(output)
      }
      return fetched
    } finally {
      for (const tensor of left.values()) discard(tensor)
    }
  }
  return {
    inputs,
    outputs,
    engine: runtime.info,
    run: (feeds, options = {}) => {
      const work = takeTurn(() => step(feeds as Record<string, GraphTensor>, options))
      return unlessAborted(work, options.signal, 'The run') as Promise<never>
    },
    close: () =>
      takeTurn(async () => {
        for (const tensor of held.values()) tensor.dispose()
        held.clear()
        guard.close()
        await releaseSession(session)
      }),
  }
}

type StepOptions = { signal?: AbortSignal; fetches?: readonly string[]; keep?: readonly string[] }

function cancelled({ reason }: AbortSignal): CancelledError {
  return new CancelledError({ subject: 'The run', cause: reason })
}

function toOrt({ dtype, data, dims }: GraphTensor, { ort }: Runtime): Tensor {
  return new ort.Tensor(dtype as 'float32', data as Float32Array, dims)
}

/** @param isKept whether the tensor lives on: its data are then copied */
async function fromOrt(
  tensor: Tensor,
  { guard, isKept }: { guard: Guard; isKept: boolean },
): Promise<GraphTensor> {
  const { type: dtype, dims } = tensor
  const data = await guard.run(() => tensor.getData())
  // float16 arrives as Float16Array where the browser has it.
  const bits =
    dtype === 'float16' && ArrayBuffer.isView(data)
      ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
      : data
  const own = isKept ? bits.slice() : bits
  return { dtype, dims: [...dims], data: own } as GraphTensor
}

/** Never throws: a tensor still being read from a device that was lost cannot be disposed. */
function discard(tensor: Tensor): void {
  try {
    tensor.dispose()
  } catch {
    // Nothing is left to free.
  }
}

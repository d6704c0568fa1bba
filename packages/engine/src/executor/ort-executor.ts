/**
 * An executor on the public interface of ONNX Runtime: arrays on the CPU, buffers on WebGPU.
 * @module
 */
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { float32OfHalves, halvesOfFloat32 } from '../graph/float16.ts'
import { toModelError } from '../model/model-error.ts'
import type { Runtime } from '../runtime.ts'
import {
  type CopyRun,
  type DeviceIntegers,
  type DeviceTensor,
  type Executor,
  elementsOf,
  type Feed,
  type FloatType,
} from './executor.ts'
import { createGpuMemory } from './gpu-memory.ts'
import { createGuard, type Guard, releaseSession } from './guard.ts'
import { createGpuSelector } from './select-largest.ts'

type OrtTensor = DeviceTensor & { readonly tensor: Tensor }
type OrtIntegers = DeviceIntegers & { readonly tensor: Tensor }

export type OrtExecutorInit = {
  session: InferenceSession
  runtime: Runtime
  /** The device of a WebGPU session. */
  device: GPUDevice | null
}

export function createOrtExecutor({ session, runtime, device }: OrtExecutorInit): Executor {
  const { ort } = runtime
  const guard = createGuard(runtime)
  const memory = device && createGpuMemory(runtime, device)
  const toTensor = (feed: Feed): Tensor => {
    if (feed.type === 'floats') {
      const { as, dims, values } = feed
      if (as === 'float32') return new ort.Tensor(as, values, dims)
      return new ort.Tensor(as, halvesOfFloat32(values), dims)
    }
    if (feed.type !== 'int64') return (feed as OrtTensor | OrtIntegers).tensor
    const values = BigInt64Array.from({ length: elementsOf(feed.dims) }, (_, index) =>
      BigInt(feed.values[index] ?? 0),
    )
    return new ort.Tensor('int64', values, feed.dims)
  }
  const compute = async (
    feeds: Record<string, Tensor>,
    fetches: Record<string, Tensor | null>,
  ): Promise<InferenceSession.ReturnType> => {
    try {
      return await session.run(feeds, fetches)
    } catch (cause) {
      // With outputs kept on the GPU, ONNX Runtime Web 1.30.0 would take the failed run's tensors for
      // those of the next one (`inputOutputBound` in `wasm-core-impl.ts`).
      if (device) guard.close(toModelError(cause, 'run'))
      throw cause
    }
  }
  return {
    inputs: session.inputMetadata,
    outputNames: session.outputNames,
    writesInPlace: device !== null,
    maxTensorBytes: runtime.gpuLimits?.maxTensorBytes ?? Number.POSITIVE_INFINITY,
    allocate: (type, dims) =>
      wrap(
        // There is no buffer of no bytes.
        memory && elementsOf(dims) > 0
          ? memory.allocate(type, dims)
          : cpuTensor(runtime, type, dims),
      ),
    confirm: (tensors) =>
      guard.run(async () => memory?.check(tensors.map((each) => (each as OrtTensor).tensor))),
    select: device && selectOnGpu({ runtime, device, guard }),
    copy(from, to, runs) {
      const [source, target] = [from as OrtTensor, to as OrtTensor]
      if (memory) memory.copy(source.tensor, target.tensor, runs)
      else copyArrays([source.tensor, target.tensor], runs)
    },
    run: ({ feeds, fetches }) =>
      guard.run(async () => {
        const inputs = mapValues(feeds, toTensor)
        const outputs = mapValues(fetches, (fetch) => fetch && (fetch as OrtTensor).tensor)
        await memory?.check(Object.values(inputs))
        const results = await compute(inputs, outputs)
        return mapValues(results, (result, name) => fetches[name] ?? wrap(result))
      }),
    async read(deviceTensor) {
      const { tensor, type } = deviceTensor as OrtTensor
      if (memory?.holds(tensor)) {
        const bytes = await guard.run(() => memory.read(tensor))
        return type === 'float32'
          ? new Float32Array(bytes)
          : float32OfHalves(new Uint16Array(bytes))
      }
      const data = tensor.location === 'cpu' ? tensor.data : await guard.run(() => tensor.getData())
      if (data instanceof Float32Array) return data
      // float16 arrives as Float16Array where the engine has it, else as its bits.
      if (data instanceof Uint16Array) return float32OfHalves(data)
      return Float32Array.from(data as unknown as ArrayLike<number>)
    },
    async release() {
      guard.close()
      await releaseSession(session)
    },
  }
}

function wrap(tensor: Tensor): OrtTensor {
  return {
    tensor,
    type: tensor.type as FloatType,
    dims: tensor.dims,
    dispose: () => tensor.dispose(),
  }
}

function cpuTensor({ ort }: Runtime, type: FloatType, dims: readonly number[]): Tensor {
  const elements = elementsOf(dims)
  return type === 'float16'
    ? new ort.Tensor('float16', new Uint16Array(elements), dims)
    : new ort.Tensor('float32', new Float32Array(elements), dims)
}

type SelectInit = { runtime: Runtime; device: GPUDevice; guard: Guard }

function selectOnGpu({ runtime, device, guard }: SelectInit): Executor['select'] {
  const selectLargest = createGpuSelector(device)
  return (deviceTensor, { rows, k }) => {
    const { tensor, type, dims } = deviceTensor as OrtTensor
    const width = dims.at(-1) ?? 0
    const source = tensor.gpuBuffer as GPUBuffer
    const selection = selectLargest({ source, type, width, rows, k })
    const shape = { dataType: 'int64' as const, dims: [rows.length, 1] }
    const first: OrtIntegers = {
      type: 'device-int64',
      dims: shape.dims,
      tensor: runtime.ort.Tensor.fromGpuBuffer(selection.firstIndices, shape),
    }
    return { ...selection, first, read: () => guard.run(selection.read) }
  }
}

function copyArrays([source, target]: [Tensor, Tensor], runs: readonly CopyRun[]): void {
  const from = source.data as Float32Array
  const to = target.data as Float32Array
  for (const run of runs) to.set(from.subarray(run.from, run.from + run.length), run.to)
}

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, name: string) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]))
}

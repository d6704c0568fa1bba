/**
 * An executor on the public interface of ONNX Runtime: arrays on the CPU, buffers on WebGPU.
 * @module
 */
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import type { Runtime } from '../runtime.ts'
import {
  bytesPerElement,
  type CopyRun,
  type DeviceTensor,
  type Executor,
  elementsOf,
  type Feed,
  type FloatType,
  isDeviceTensor,
} from './executor.ts'
import { createGuard, releaseSession } from './guard.ts'
import { halvesToSingles } from './half.ts'

/** `GPUBufferUsage`, which Node does not have. */
const copySource = 0x04
const copyTarget = 0x08
const storage = 0x80

type OrtTensor = DeviceTensor & { readonly tensor: Tensor }

export type OrtExecutorInit = {
  session: InferenceSession
  runtime: Runtime
  /** The device of a WebGPU session. */
  device: GPUDevice | null
}

export function createOrtExecutor({ session, runtime, device }: OrtExecutorInit): Executor {
  const { ort } = runtime
  const guard = createGuard(runtime)
  const toTensor = (feed: Feed): Tensor => {
    if (isDeviceTensor(feed)) return (feed as OrtTensor).tensor
    const values = BigInt64Array.from({ length: elementsOf(feed.dims) }, (_, index) =>
      BigInt(feed.values[index] ?? 0),
    )
    return new ort.Tensor('int64', values, feed.dims)
  }
  return {
    inputs: session.inputMetadata,
    outputNames: session.outputNames,
    writesInPlace: device !== null,
    allocate: (type, dims) =>
      wrap(device ? gpuTensor(runtime, device, { type, dims }) : cpuTensor(runtime, type, dims)),
    copy(from, to, runs) {
      const [source, target] = [from as OrtTensor, to as OrtTensor]
      if (device) copyOnGpu(device, [source, target], runs)
      else copyArrays([source.tensor, target.tensor], runs)
    },
    run: ({ feeds, fetches }) =>
      guard.run(async () => {
        const inputs = mapValues(feeds, toTensor)
        const outputs = mapValues(fetches, (fetch) => fetch && (fetch as OrtTensor).tensor)
        const results = await session.run(inputs, outputs)
        return mapValues(results, (result, name) => fetches[name] ?? wrap(result))
      }),
    async read(deviceTensor) {
      const { tensor } = deviceTensor as OrtTensor
      const data = tensor.location === 'cpu' ? tensor.data : await guard.run(() => tensor.getData())
      if (data instanceof Float32Array) return data
      // float16 arrives as Float16Array where the engine has it, else as its bits.
      if (data instanceof Uint16Array) return halvesToSingles(data)
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

function gpuTensor(
  runtime: Runtime,
  device: GPUDevice,
  { type, dims }: { type: FloatType; dims: readonly number[] },
): Tensor {
  const bytes = elementsOf(dims) * bytesPerElement(type)
  if (bytes === 0) return cpuTensor(runtime, type, dims)
  const buffer = device.createBuffer({
    size: Math.ceil(bytes / 16) * 16,
    usage: storage | copySource | copyTarget,
  })
  return runtime.ort.Tensor.fromGpuBuffer(buffer, {
    dataType: type,
    dims,
    dispose: () => buffer.destroy(),
  })
}

function copyOnGpu(
  device: GPUDevice,
  [source, target]: [OrtTensor, OrtTensor],
  runs: readonly CopyRun[],
): void {
  const size = bytesPerElement(source.type)
  const encoder = device.createCommandEncoder()
  for (const { from, to, length } of runs) {
    if (length === 0) continue
    encoder.copyBufferToBuffer(
      source.tensor.gpuBuffer as GPUBuffer,
      from * size,
      target.tensor.gpuBuffer as GPUBuffer,
      to * size,
      length * size,
    )
  }
  device.queue.submit([encoder.finish()])
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

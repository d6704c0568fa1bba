/**
 * Tensors on ONNX Runtime's own GPU device that the engine made, not the runtime.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Tensor } from 'onnxruntime-web'
import type { Runtime } from '../runtime.ts'
import { bytesPerElement, type CopyRun, elementsOf, type FloatType } from './executor.ts'

/** `GPUBufferUsage`, which Node does not have. */
const copySource = 0x04
const copyTarget = 0x08
const storage = 0x80
const mapRead = 0x01
const mapForReading = 1

export type GpuMemory = {
  /** Filled with zeros. @throws WeftError `engine/out-of-memory` beyond what the device can bind */
  allocate(type: FloatType, dims: readonly number[]): Tensor
  copy(from: Tensor, to: Tensor, runs: readonly CopyRun[]): void
  /** Whether `allocate` has made it. */
  holds(tensor: Tensor): boolean
  /** The bytes of one that it holds, which stays where it is: `getData` of the runtime would take it off the device. */
  read(tensor: Tensor): Promise<ArrayBuffer>
  /**
   * A GPU says only later that it had no room for a buffer; what is computed with it is nothing.
   * @throws WeftError `engine/out-of-memory` when one of these has no buffer, or was copied from one
   *   that has none
   */
  check(tensors: readonly Tensor[]): Promise<void>
}

export function createGpuMemory({ ort, gpuLimits }: Runtime, device: GPUDevice): GpuMemory {
  const maxBytes = gpuLimits?.maxTensorBytes ?? Number.POSITIVE_INFINITY
  // Resolves when what was allocated and copied so far is known to be there, or to have failed.
  let known: Promise<unknown> = Promise.resolve()
  const failed = new WeakSet<GPUBuffer>()
  const own = new WeakSet<GPUBuffer>()
  return {
    allocate(type, dims) {
      const bytes = Math.ceil((elementsOf(dims) * bytesPerElement(type)) / 16) * 16
      if (bytes > maxBytes) throw outOfMemory(bytes)
      device.pushErrorScope('out-of-memory')
      const buffer = device.createBuffer({
        size: bytes,
        usage: storage | copySource | copyTarget,
      })
      own.add(buffer)
      const created = device.popErrorScope().then(
        (error) => void (error && failed.add(buffer)),
        () => {}, // Lost, which the runs will say.
      )
      known = Promise.all([known, created])
      return ort.Tensor.fromGpuBuffer(buffer, {
        dataType: type,
        dims,
        dispose: () => buffer.destroy(),
      })
    },
    copy(from, to, runs) {
      const size = bytesPerElement(from.type as FloatType)
      const [source, target] = [from.gpuBuffer as GPUBuffer, to.gpuBuffer as GPUBuffer]
      const encoder = device.createCommandEncoder()
      for (const run of runs) {
        encoder.copyBufferToBuffer(
          source,
          run.from * size,
          target,
          run.to * size,
          run.length * size,
        )
      }
      device.queue.submit([encoder.finish()])
      known = known.then(() => void (failed.has(source) && failed.add(target)))
    },
    holds: (tensor) => tensor.location === 'gpu-buffer' && own.has(tensor.gpuBuffer as GPUBuffer),
    async read(tensor) {
      const bytes = tensor.size * bytesPerElement(tensor.type as FloatType)
      const size = Math.ceil(bytes / 4) * 4
      const readable = device.createBuffer({ size, usage: mapRead | copyTarget })
      try {
        const encoder = device.createCommandEncoder()
        encoder.copyBufferToBuffer(tensor.gpuBuffer as GPUBuffer, 0, readable, 0, size)
        device.queue.submit([encoder.finish()])
        await readable.mapAsync(mapForReading)
        return readable.getMappedRange().slice(0, bytes)
      } finally {
        readable.destroy()
      }
    },
    async check(tensors) {
      await known
      const lacking = tensors.find(
        (tensor) => tensor.location === 'gpu-buffer' && failed.has(tensor.gpuBuffer as GPUBuffer),
      )
      if (lacking) throw outOfMemory(lacking.size * bytesPerElement(lacking.type as FloatType))
    },
  }
}

function outOfMemory(bytes: number): WeftError {
  return new WeftError(
    'engine/out-of-memory',
    'The graphics device has no memory for this conversation. Close other tabs, or start a shorter one.',
    { facts: [`Asked for: ${bytes} bytes`] },
  )
}

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

export type GpuMemory = {
  /** Filled with zeros. @throws WeftError `engine/out-of-memory` beyond what the device can bind */
  allocate(type: FloatType, dims: readonly number[]): Tensor
  copy(from: Tensor, to: Tensor, runs: readonly CopyRun[]): void
  /**
   * A GPU says only later that it had no room for a buffer; what is computed with it is nothing.
   * @throws WeftError `engine/out-of-memory` when one of these has no buffer
   */
  check(tensors: readonly Tensor[]): Promise<void>
}

export function createGpuMemory({ ort, gpuLimits }: Runtime, device: GPUDevice): GpuMemory {
  const maxBytes = gpuLimits?.maxTensorBytes ?? Number.POSITIVE_INFINITY
  const unchecked: Promise<void>[] = []
  const failed = new Set<GPUBuffer>()
  return {
    allocate(type, dims) {
      const bytes = Math.ceil((elementsOf(dims) * bytesPerElement(type)) / 16) * 16
      if (bytes > maxBytes) throw outOfMemory(bytes)
      device.pushErrorScope('out-of-memory')
      const buffer = device.createBuffer({
        size: bytes,
        usage: storage | copySource | copyTarget,
      })
      unchecked.push(
        device.popErrorScope().then(
          (error) => void (error && failed.add(buffer)),
          () => {}, // Lost, which the runs will say.
        ),
      )
      return ort.Tensor.fromGpuBuffer(buffer, {
        dataType: type,
        dims,
        dispose() {
          failed.delete(buffer)
          buffer.destroy()
        },
      })
    },
    copy(from, to, runs) {
      const size = bytesPerElement(from.type as FloatType)
      const encoder = device.createCommandEncoder()
      for (const run of runs) {
        encoder.copyBufferToBuffer(
          from.gpuBuffer as GPUBuffer,
          run.from * size,
          to.gpuBuffer as GPUBuffer,
          run.to * size,
          run.length * size,
        )
      }
      device.queue.submit([encoder.finish()])
    },
    async check(tensors) {
      await Promise.all(unchecked.splice(0))
      if (failed.size === 0) return
      const lacking = tensors.find(
        ({ location, gpuBuffer }) =>
          location === 'gpu-buffer' && failed.has(gpuBuffer as GPUBuffer),
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

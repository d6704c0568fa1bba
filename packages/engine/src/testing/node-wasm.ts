/**
 * onnxruntime-web's WebAssembly backend in Node, with its heap: the executor of browsers, testable
 * without one.
 * @module
 */
import { capturedHeap } from '../executor/ort-heap.ts'
import type { Runtime } from '../runtime.ts'

const capture = new URL('../executor/capture-module.mjs', import.meta.url)
capture.searchParams.set(
  'factory',
  import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.mjs'),
)

export async function openNodeWasm(): Promise<Runtime> {
  const ort = await import('onnxruntime-web/wasm')
  ort.env.logLevel = 'error'
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmPaths = {
    mjs: capture.href,
    wasm: import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'),
  }
  return {
    ort,
    executionProvider: 'wasm',
    info: { runtime: 'onnxruntime-web', backend: 'wasm', device: 'CPU, 1 thread' },
    heap: capturedHeap,
  }
}

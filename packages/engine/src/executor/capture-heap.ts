/**
 * Catches the WebAssembly module of ONNX Runtime while it starts.
 * @module
 */
import captureUrl from './capture-module.mjs?url&no-inline'
import { capturedHeap, type OrtHeap } from './ort-heap.ts'

export type Capture = {
  /** For `env.wasm.wasmPaths.mjs`. */
  mjs: string
  /** Once a session exists. Undefined where the module is not the expected one. */
  heap: () => Promise<OrtHeap | undefined>
}

/** @param factory where ONNX Runtime's own module factory lies */
export function captureHeap(factory: URL): Capture {
  const url = new URL(captureUrl, import.meta.url)
  url.searchParams.set('factory', factory.href)
  return {
    mjs: url.href,
    heap: capturedHeap,
  }
}

/**
 * The part of ONNX Runtime's WebAssembly module that runs a session on tensors in its own heap, as
 * onnxruntime-web 1.30.0 calls it itself (`lib/wasm/wasm-core-impl.ts`). Its public interface copies
 * every tensor into the heap and out of it at each run, the whole key/value cache included. The
 * module is caught while it starts, see `capture-module.mjs`.
 * @module
 */
import { WeftError } from '@weft/protocol'

export type OrtHeap = {
  readonly HEAPU8: Uint8Array
  readonly PTR_SIZE: 4 | 8
  _malloc(bytes: number): number
  _free(pointer: number): void
  stackSave(): number
  stackRestore(stack: number): void
  stackAlloc(bytes: number): number
  getValue(pointer: number, type: 'i32' | '*'): number
  setValue(pointer: number, value: number, type: 'i32' | '*'): void
  UTF8ToString(pointer: number): string
  _OrtCreateTensor(
    dataType: number,
    data: number,
    bytes: number,
    dims: number,
    rank: number,
    location: number,
  ): number
  _OrtReleaseTensor(tensor: number): number
  /** Writes type, data, dims and rank, each a pointer wide. */
  _OrtGetTensorData(tensor: number, type: number, data: number, dims: number, rank: number): number
  _OrtFree(pointer: number): number
  _OrtRun(
    session: number,
    inputNames: number,
    inputs: number,
    inputCount: number,
    outputNames: number,
    outputCount: number,
    outputs: number,
    options: number,
  ): number | Promise<number>
  _OrtGetLastError(code: number, message: number): number
}

/** ONNX's element types. */
export const onnxTypes = { float32: 1, int64: 7, float16: 10 } as const

const functions = [
  '_malloc',
  '_free',
  'stackSave',
  'stackRestore',
  'stackAlloc',
  'getValue',
  'setValue',
  'UTF8ToString',
  '_OrtCreateTensor',
  '_OrtReleaseTensor',
  '_OrtGetTensorData',
  '_OrtFree',
  '_OrtRun',
  '_OrtGetLastError',
]

/** What `capture-module.mjs` caught, once a session exists; undefined where it is not as expected. */
export async function capturedHeap(): Promise<OrtHeap | undefined> {
  const module = Reflect.get(globalThis, Symbol.for('weft.ort-module'))
  return isOrtHeap(module) ? module : undefined
}

/** Whether a module is what this file was written against: 32-bit, with every function. */
function isOrtHeap(module: unknown): module is OrtHeap {
  if (typeof module !== 'object' || module === null) return false
  const fields = module as Record<string, unknown>
  return (
    fields.PTR_SIZE === 4 &&
    fields.HEAPU8 instanceof Uint8Array &&
    functions.every((name) => typeof fields[name] === 'function')
  )
}

/** @returns a block of `bytes`, never 0 @throws WeftError `engine/out-of-memory` */
export function allocateBytes(heap: OrtHeap, bytes: number): number {
  const pointer = heap._malloc(Math.max(bytes, 16))
  if (pointer !== 0) return pointer
  throw new WeftError(
    'engine/out-of-memory',
    'There is not enough memory for this conversation. Close other tabs, or start a shorter one.',
    { facts: [`Asked for: ${bytes} bytes`] },
  )
}

/** @throws Error with the runtime's own words, for `toModelError` */
export function checkOrt(heap: OrtHeap, code: number): void {
  if (code === 0) return
  throw new Error(lastError(heap))
}

export function lastError(heap: OrtHeap): string {
  const stack = heap.stackSave()
  try {
    const out = heap.stackAlloc(8)
    heap._OrtGetLastError(out, out + 4)
    const message = heap.getValue(out + 4, '*')
    return message ? heap.UTF8ToString(message) : 'ONNX Runtime failed without a word.'
  } finally {
    heap.stackRestore(stack)
  }
}

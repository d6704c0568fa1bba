/**
 * An executor whose tensors stay in the WebAssembly heap: a decode step copies token ids in and reads
 * logits in place; the key/value cache is not touched from JavaScript.
 * @module
 */
import type { InferenceSession } from 'onnxruntime-web'
import { float32OfHalves, halvesOfFloat32 } from '../graph/float16.ts'
import type { Runtime } from '../runtime.ts'
import {
  bytesPerElement,
  type DeviceTensor,
  type Executor,
  elementsOf,
  type Feed,
  type FloatFeed,
  type FloatType,
  type IntegerFeed,
  type RunInit,
} from './executor.ts'
import { createGuard, releaseSession } from './guard.ts'
import { allocateBytes, checkOrt, lastError, type OrtHeap, onnxTypes } from './ort-heap.ts'

/** `handle` is an OrtValue, `data` where its elements begin. */
type HeapTensor = DeviceTensor & { readonly handle: number; readonly data: number }

export type HeapExecutorInit = { session: InferenceSession; runtime: Runtime; heap: OrtHeap }

/** The runtime's own number of a session, or undefined where it is not where 1.30.0 keeps it. */
export function sessionHandle(session: InferenceSession): number | undefined {
  const { handler } = session as unknown as { handler?: { sessionId?: unknown } }
  return typeof handler?.sessionId === 'number' ? handler.sessionId : undefined
}

/** @throws TypeError for a session without a handle, see `sessionHandle` */
export function createHeapExecutor({ session, runtime, heap }: HeapExecutorInit): Executor {
  const handle = sessionHandle(session)
  if (handle === undefined) throw new TypeError('The session has no handle.')
  const guard = createGuard(runtime)
  const names = createNames(heap)
  return {
    inputs: session.inputMetadata,
    outputNames: session.outputNames,
    writesInPlace: true,
    maxTensorBytes: Number.POSITIVE_INFINITY,
    select: null,
    allocate: (type, dims) => allocate(heap, type, dims),
    // Allocating says at once.
    async confirm() {},
    copy(from, to, runs) {
      const [source, target] = [from as HeapTensor, to as HeapTensor]
      const size = bytesPerElement(source.type)
      for (const run of runs) {
        const start = source.data + run.from * size
        heap.HEAPU8.copyWithin(target.data + run.to * size, start, start + run.length * size)
      }
    },
    run: (init) => guard.run(() => run(heap, handle, { ...init, nameOf: names.pointerTo })),
    async read(tensor) {
      const { data, dims, type } = tensor as HeapTensor
      const { buffer } = heap.HEAPU8
      if (type === 'float32') return new Float32Array(buffer, data, elementsOf(dims))
      return float32OfHalves(new Uint16Array(buffer, data, elementsOf(dims)))
    },
    async release() {
      guard.close()
      names.free()
      await releaseSession(session)
    },
  }
}

function createNames(heap: OrtHeap): { pointerTo(name: string): number; free(): void } {
  const pointers = new Map<string, number>()
  return {
    pointerTo(name) {
      const known = pointers.get(name)
      if (known !== undefined) return known
      const bytes = new TextEncoder().encode(`${name}\0`)
      const pointer = allocateBytes(heap, bytes.length)
      heap.HEAPU8.set(bytes, pointer)
      pointers.set(name, pointer)
      return pointer
    },
    free() {
      for (const pointer of pointers.values()) heap._free(pointer)
      pointers.clear()
    },
  }
}

function allocate(heap: OrtHeap, type: FloatType, dims: readonly number[]): HeapTensor {
  const bytes = elementsOf(dims) * bytesPerElement(type)
  const data = allocateBytes(heap, bytes)
  heap.HEAPU8.fill(0, data, data + bytes)
  const handle = createValue(heap, { type: onnxTypes[type], data, bytes, dims })
  return {
    type,
    dims,
    handle,
    data,
    dispose() {
      heap._OrtReleaseTensor(handle)
      heap._free(data)
    },
  }
}

/** @returns an OrtValue over memory that stays the caller's */
function createValue(
  heap: OrtHeap,
  value: { type: number; data: number; bytes: number; dims: readonly number[] },
): number {
  const stack = heap.stackSave()
  try {
    const dims = heap.stackAlloc(4 * Math.max(value.dims.length, 1))
    value.dims.forEach((size, index) => {
      heap.setValue(dims + 4 * index, size, 'i32')
    })
    const onCpu = 1
    const handle = heap._OrtCreateTensor(
      value.type,
      value.data,
      value.bytes,
      dims,
      value.dims.length,
      onCpu,
    )
    if (handle === 0) throw new Error(lastError(heap))
    return handle
  } finally {
    heap.stackRestore(stack)
  }
}

function integerValue(heap: OrtHeap, { dims, values }: IntegerFeed) {
  const elements = elementsOf(dims)
  const data = allocateBytes(heap, elements * 8)
  const view = new BigInt64Array(heap.HEAPU8.buffer, data, elements)
  for (let index = 0; index < elements; index++) view[index] = BigInt(values[index] ?? 0)
  const handle = createValue(heap, { type: onnxTypes.int64, data, bytes: elements * 8, dims })
  return { handle, data }
}

function floatValue(heap: OrtHeap, { as, dims, values }: FloatFeed) {
  const bytes = elementsOf(dims) * bytesPerElement(as)
  const data = allocateBytes(heap, bytes)
  const { buffer } = heap.HEAPU8
  if (as === 'float32') new Float32Array(buffer, data, values.length).set(values)
  else new Uint16Array(buffer, data, values.length).set(halvesOfFloat32(values))
  return { handle: createValue(heap, { type: onnxTypes[as], data, bytes, dims }), data }
}

type NamedRun = RunInit & { nameOf(name: string): number }

async function run(
  heap: OrtHeap,
  session: number,
  { feeds, fetches, nameOf }: NamedRun,
): Promise<Record<string, DeviceTensor>> {
  const copied: { handle: number; data: number }[] = []
  const handleOf = (feed: Feed): number => {
    if (feed.type !== 'int64' && feed.type !== 'floats') return (feed as HeapTensor).handle
    const value = feed.type === 'int64' ? integerValue(heap, feed) : floatValue(heap, feed)
    copied.push(value)
    return value.handle
  }
  const inputs = Object.entries(feeds)
  const outputs = Object.entries(fetches)
  const stack = heap.stackSave()
  try {
    const pointers = (values: number[]): number => {
      const start = heap.stackAlloc(4 * values.length)
      values.forEach((value, index) => {
        heap.setValue(start + 4 * index, value, '*')
      })
      return start
    }
    const outputValues = pointers(outputs.map(([, fetch]) => (fetch as HeapTensor)?.handle ?? 0))
    const code = await heap._OrtRun(
      session,
      pointers(inputs.map(([name]) => nameOf(name))),
      pointers(inputs.map(([, feed]) => handleOf(feed))),
      inputs.length,
      pointers(outputs.map(([name]) => nameOf(name))),
      outputs.length,
      outputValues,
      0,
    )
    checkOrt(heap, code)
    return Object.fromEntries(
      outputs.map(([name, fetch], index) => {
        if (fetch) return [name, fetch]
        return [name, adopt(heap, heap.getValue(outputValues + 4 * index, '*'))]
      }),
    )
  } finally {
    heap.stackRestore(stack)
    for (const { handle, data } of copied) {
      heap._OrtReleaseTensor(handle)
      heap._free(data)
    }
  }
}

/** A tensor that the graph allocated. */
function adopt(heap: OrtHeap, handle: number): HeapTensor {
  const stack = heap.stackSave()
  try {
    const out = heap.stackAlloc(16)
    checkOrt(heap, heap._OrtGetTensorData(handle, out, out + 4, out + 8, out + 12))
    const dimsAt = heap.getValue(out + 8, '*')
    const rank = heap.getValue(out + 12, 'i32')
    const dims = Array.from({ length: rank }, (_, index) =>
      heap.getValue(dimsAt + 4 * index, 'i32'),
    )
    heap._OrtFree(dimsAt)
    return {
      type: heap.getValue(out, 'i32') === onnxTypes.float16 ? 'float16' : 'float32',
      dims,
      handle,
      data: heap.getValue(out + 4, '*'),
      dispose: () => void heap._OrtReleaseTensor(handle),
    }
  } finally {
    heap.stackRestore(stack)
  }
}

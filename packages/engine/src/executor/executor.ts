/**
 * Where a graph runs and where its large tensors stay between two runs: on the GPU, in the heap of
 * the WebAssembly module, or in arrays. The key/value cache is written once against this.
 * @module
 */
import type { InferenceSession } from 'onnxruntime-web'

export type FloatType = 'float32' | 'float16'

/** A tensor that stays where the graph computes. Dispose it exactly once. */
export type DeviceTensor = {
  readonly type: FloatType
  readonly dims: readonly number[]
  dispose(): void
}

/** Small whole numbers that the caller knows: token ids, masks, positions. */
export type IntegerFeed = {
  readonly type: 'int64'
  readonly dims: readonly number[]
  readonly values: ArrayLike<number>
}

export type Feed = DeviceTensor | IntegerFeed

/** In elements. */
export type CopyRun = { from: number; to: number; length: number }

export type RunInit = {
  feeds: Readonly<Record<string, Feed>>
  /** Outputs to compute; a tensor is written in place, null lets the graph allocate. */
  fetches: Readonly<Record<string, DeviceTensor | null>>
}

export type Executor = {
  readonly inputs: readonly InferenceSession.ValueMetadata[]
  readonly outputNames: readonly string[]
  /** Whether `fetches` may name a tensor that is also a feed. */
  readonly writesInPlace: boolean
  /** Filled with zeros. @throws WeftError `engine/out-of-memory` */
  allocate(type: FloatType, dims: readonly number[]): DeviceTensor
  copy(from: DeviceTensor, to: DeviceTensor, runs: readonly CopyRun[]): void
  /**
   * One run at a time.
   * @returns the fetches by name, those written in place included
   * @throws WeftError `engine/not-loaded`, `engine/device-lost`, `engine/out-of-memory`,
   *   `engine/run-failed`
   */
  run(init: RunInit): Promise<Record<string, DeviceTensor>>
  /**
   * As float32. The array may lie in the memory of the tensor: it is valid until that is disposed or
   * anything else runs, and the caller may write to it.
   */
  read(tensor: DeviceTensor): Promise<Float32Array>
  /** Never rejects; runs do from here on. */
  release(): Promise<void>
}

export function elementsOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1)
}

export function bytesPerElement(type: FloatType): number {
  return type === 'float16' ? 2 : 4
}

export function isDeviceTensor(feed: Feed): feed is DeviceTensor {
  return feed.type !== 'int64'
}

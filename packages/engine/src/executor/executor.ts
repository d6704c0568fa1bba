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

/** The same numbers, made on the device and never seen here. */
export type DeviceIntegers = {
  readonly type: 'device-int64'
  readonly dims: readonly number[]
}

/** Numbers that came from elsewhere, float32 in row order; `as` is what the graph takes. */
export type FloatFeed = {
  readonly type: 'floats'
  readonly as: FloatType
  readonly dims: readonly number[]
  readonly values: Float32Array
}

export type Feed = DeviceTensor | IntegerFeed | DeviceIntegers | FloatFeed

/** Of one row: the k largest numbers, largest first, ties to the lowest index; NaN counts as largest. */
export type Largest = { indices: Uint32Array; values: Float32Array }

/** Numbers picked on the device. Dispose it once nothing runs that `first` was fed to. */
export type Selection = {
  /** int64 [rows, 1]: the index of each row's largest, to be fed to a run before it is read. */
  readonly first: DeviceIntegers
  /** By row as asked for. @throws WeftError `engine/device-lost`, `engine/run-failed` */
  read(): Promise<Largest[]>
  dispose(): void
}

/** Rows of a tensor taken as [rows, last dimension]. */
type SelectInit = { rows: readonly number[]; k: number }

/** Of `SelectInit.k`. */
export const maxSelected = 64

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
  /** No tensor may be larger. */
  readonly maxTensorBytes: number
  /**
   * Filled with zeros.
   * @throws WeftError `engine/out-of-memory` where that is known at once, see `confirm`
   */
  allocate(type: FloatType, dims: readonly number[]): DeviceTensor
  /**
   * Waits until it is known that there was memory for these tensors and for what was copied to them.
   * @throws WeftError `engine/not-loaded`, `engine/device-lost`, `engine/out-of-memory`
   */
  confirm(tensors: readonly DeviceTensor[]): Promise<void>
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
  /**
   * Picks the largest numbers of rows without waiting for anything; exact to the bit. Null where
   * `read` costs no more.
   */
  readonly select: ((tensor: DeviceTensor, init: SelectInit) => Selection) | null
  /** Never rejects; runs do from here on. */
  release(): Promise<void>
}

export function elementsOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1)
}

export function bytesPerElement(type: FloatType): number {
  return type === 'float16' ? 2 : 4
}

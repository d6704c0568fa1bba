/**
 * What a run computed, as far as somebody wants it.
 * @module
 */
import {
  type DeviceTensor,
  type Executor,
  type Largest,
  maxSelected,
} from '../executor/executor.ts'

export type ReadRowsInit = {
  /** Of the tensor taken as [rows, last dimension]. */
  rows: readonly number[]
  /** The largest so many of each row decide, so that the others may be -Infinity; null for all. */
  needed: number | null
}

/** @returns one array for each of `rows`, valid until the tensor is disposed or anything runs */
export async function readRows(
  executor: Pick<Executor, 'read' | 'select'>,
  tensor: DeviceTensor,
  { rows, needed }: ReadRowsInit,
): Promise<Float32Array[]> {
  const width = tensor.dims.at(-1) ?? 0
  if (!executor.select || needed === null || needed > maxSelected) {
    const data = await executor.read(tensor)
    return rows.map((row) => data.subarray(row * width, (row + 1) * width))
  }
  const selection = executor.select(tensor, { rows, k: needed })
  try {
    const largest = await selection.read()
    return largest.map((each) => spread(each, width))
  } finally {
    selection.dispose()
  }
}

/** A whole row: -Infinity where nothing was picked. */
export function spread({ indices, values }: Largest, width: number): Float32Array {
  const row = new Float32Array(width).fill(Number.NEGATIVE_INFINITY)
  indices.forEach((index, place) => {
    row[index] = values[place] as number
  })
  return row
}

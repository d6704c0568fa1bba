/**
 * What quantised weights cost on the CPU, where they become float32, see decisions/0010.
 * @module
 */

/**
 * They stay as they are above this size: floats would leave no room in the 4 GiB that a WebAssembly
 * memory has.
 */
export const maxFloatWeightBytes = 2.5 * 1024 ** 3

/** Measured at 362 and 601 million parameters: the floats, and what ONNX Runtime packs of them. */
const bytesPerParameter = 5.6

/** Of the WebAssembly memory. @param memoryBytes of the weights as they are stored, and a cache */
export function cpuMemoryBytes({
  parameters,
  memoryBytes,
}: {
  parameters: number
  memoryBytes: number
}): number {
  if (4 * parameters > maxFloatWeightBytes) return memoryBytes
  return Math.max(memoryBytes, bytesPerParameter * parameters)
}

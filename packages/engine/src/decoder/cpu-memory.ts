/**
 * What quantised weights cost on the CPU, where they become float32, see decisions/0010.
 * @module
 */

/**
 * All of them stay as they are when their floats would be larger: that would leave no room in the 4 GiB
 * that a WebAssembly memory has.
 */
export const maxFloatWeightBytes = 2.5 * 1024 ** 3

/** Measured at 362 and 601 million parameters: the floats, and what ONNX Runtime packs of them. */
const bytesPerParameter = 5.6

/**
 * Of the WebAssembly memory, when the model is loaded. While it loads, JavaScript holds the files and
 * the floats beside it.
 * @param parameters the embedding's count here and seldom in the graph: a model a little above the bound
 *   may still become floats
 * @param memoryBytes of the weights as they are stored, and a cache
 */
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

/**
 * Whether a graphics device can hold a model's weights, each of which becomes one buffer there.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { decodeModel } from '../graph/onnx.ts'

/**
 * @param graph with its large weights in files
 * @throws WeftError `engine/unsupported` that names the first weight that is too large
 */
export function checkWeights(graph: Uint8Array, maxBufferBytes: number): void {
  for (const { name, externalData } of decodeModel(graph).graph.initializer) {
    const length = externalData.find(({ key }) => key === 'length')?.value
    const bytes = Number(length ?? 0)
    if (bytes <= maxBufferBytes) continue
    throw new WeftError(
      'engine/unsupported',
      'A part of this model is larger than this graphics device can hold in one piece. Choose the CPU backend, or a smaller model.',
      { facts: [`Weight: ${name}, ${bytes} bytes`, `The device's limit: ${maxBufferBytes} bytes`] },
    )
  }
}

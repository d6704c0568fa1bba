/**
 * Where somebody speaks, by Silero VAD 5: a window of 32 ms at a time, with a state between them.
 * Source: https://github.com/snakers4/silero-vad
 * @module
 */
import type { Graph } from '../run-graph/graph.ts'
import { defineGraph, tensor } from '../run-graph/schema.ts'
import { sampleRate } from './wav.ts'

/** Where it lies in the package. */
export const sileroPath = '@ricky0123/vad-web/dist/silero_vad_v5.onnx'

export const detector = defineGraph({
  inputs: {
    input: tensor('float32', ['batch', 'samples']),
    state: tensor('float32', [2, 'batch', 128]),
    sr: tensor('int64', []),
  },
  outputs: {
    output: tensor('float32', ['batch', 1]),
    stateN: tensor('float32', [2, 'batch', 128]),
  },
  state: { state: 'stateN' },
})

const windowSamples = 512
/** Of the window before, put in front of each. */
const contextSamples = 64

/** @returns the probability of speech in each window of 32 ms */
export async function detectSpeech(
  graph: Graph<typeof detector>,
  samples: Float32Array,
): Promise<number[]> {
  const length = contextSamples + windowSamples
  const padded = new Float32Array(contextSamples + samples.length)
  padded.set(samples, contextSamples)
  const probabilities: number[] = []
  for (let start = 0; start + length <= padded.length; start += windowSamples) {
    const input = padded.slice(start, start + length)
    const { output } = await graph.run(
      {
        input: { dtype: 'float32', dims: [1, length], data: input },
        sr: { dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(sampleRate)) },
        ...(start === 0
          ? { state: { dtype: 'float32', dims: [2, 1, 128], data: new Float32Array(256) } }
          : {}),
      },
      { move: true },
    )
    probabilities.push(output.data[0] ?? Number.NaN)
  }
  return probabilities
}

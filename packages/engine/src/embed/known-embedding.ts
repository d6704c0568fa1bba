/**
 * The known answer of a model of vectors: made on a backend that is trusted, reproduced on all others.
 * @module
 */
import { type EmbeddingManifest, type KnownEmbedding, WeftError } from '@weft/protocol'
import type { ModelFiles, SelfTestReport, WaitOptions } from '../engine.ts'
import { externalWeights, requireFile } from '../model/model-config.ts'
import type { Runtime } from '../runtime.ts'
import { type Embedder, openEmbedder } from './embedder.ts'

const knownText = 'A fox carried a lantern over the hill, and the river was quiet.'
const knownComponents = 8

export type MakeKnownEmbeddingInit = {
  runtime: Runtime
  files: ModelFiles
  /** Path of the graph among `files`. */
  graph: string
  /** Largest difference of a component that an honest backend shows. */
  toleranceAbs: number
}

export async function makeKnownEmbedding({
  runtime,
  files,
  graph,
  toleranceAbs,
}: MakeKnownEmbeddingInit): Promise<KnownEmbedding> {
  const embedder = await openEmbedder({
    runtime,
    files,
    graph: requireFile(files, graph),
    externalData: externalWeights(graph, files),
    contextTokens: Number.POSITIVE_INFINITY,
  })
  try {
    const components = await firstComponents(embedder, knownText)
    return { text: knownText, components, toleranceAbs }
  } finally {
    await embedder.release()
  }
}

/**
 * @returns a report whose `maxLogitDifference` is that of a component; it has no tokens
 * @throws WeftError `engine/self-test` when this device computes something else, CancelledError
 */
export async function selfTestEmbedding(
  embedder: Embedder,
  { knownAnswer }: Pick<EmbeddingManifest, 'knownAnswer'>,
  options: WaitOptions = {},
): Promise<SelfTestReport> {
  const { text, components, toleranceAbs } = knownAnswer
  const computed = await firstComponents(embedder, text, options)
  const differences = components.map((value, index) =>
    Math.abs(value - (computed[index] ?? Number.NaN)),
  )
  // A NaN makes the maximum NaN, which no tolerance admits.
  const maxLogitDifference = Math.max(...differences)
  if (maxLogitDifference <= toleranceAbs) {
    return { passed: true, maxLogitDifference, matchingTokens: 0, expectedTokens: 0 }
  }
  throw new WeftError(
    'engine/self-test',
    'This device computes this model wrongly. Choose the CPU backend; if that is in use, download the model again.',
    {
      facts: [
        `Largest difference of a component: ${maxLogitDifference} (allowed: ${toleranceAbs})`,
      ],
    },
  )
}

async function firstComponents(
  embedder: Embedder,
  text: string,
  options?: WaitOptions,
): Promise<number[]> {
  const asked = { texts: [text], pooling: null, normalize: true }
  const { vectors } = await embedder.embed(asked, options)
  return [...(vectors[0] ?? [])].slice(0, knownComponents)
}

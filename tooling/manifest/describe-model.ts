/**
 * A manifest of files that are here: described, weighed, and asked for the known answer.
 * @module
 */
import {
  type ModelFiles,
  makeKnownAnswer,
  makeKnownEmbedding,
  nodeRuntime,
} from '@weft/engine/local'
import {
  bytesToHex,
  type ChatManifest,
  chunkBytes,
  type EmbeddingManifest,
  type Manifest,
  type ManifestFile,
  manifestSchema,
  parse,
  sha256,
} from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import { cacheBytesPerToken, type DecoderShape, type Weight, weighModel } from './weigh-model.ts'

export type DescribeInit = {
  files: ModelFiles
  graph: string
  dtype: Manifest['dtype']
  /** Read by nothing: for people. */
  id: string | undefined
  name: string | undefined
  description: string
  licence: string | undefined
  /** Undefined counts them in the graph. */
  parameters: number | undefined
  /** Undefined takes the model's, up to `maxContext`. */
  contextTokens: number | undefined
  /** Undefined takes the dtype's. */
  toleranceAbs: number | undefined
}

/**
 * More than this a tab has no memory for in most models: a token of Qwen3-0.6B takes 229 KB of keys
 * and values. WebLLM's builds take the same bound.
 */
const maxContext = 4096

/**
 * Honest float32 backends differ by about 1e-5 on logits up to 15; int8 kernels where none were asked
 * for differ by 0.2 and more. Half floats have 11 bits, so a tenth is within their rounding.
 */
const tolerances: Record<Manifest['dtype'], number> = {
  fp32: 0.01,
  q8: 0.01,
  q4: 0.01,
  fp16: 0.1,
  q4f16: 0.1,
}

/** Equal files and words give an equal manifest. */
export async function describeModel(
  init: DescribeInit,
): Promise<{ manifest: Manifest; weight: Weight }> {
  const { files, graph, dtype, id, name, description, licence } = init
  const config = readConfig(files)
  const weight = weighModel(files, graph)
  const contextTokens = init.contextTokens ?? Math.min(config.max_position_embeddings, maxContext)
  const known = await makeKnown(init)
  const cacheBytes = known.task === 'chat' ? cacheBytesPerToken(config, dtype) * contextTokens : 0
  const manifest = parse('manifest', manifestSchema, {
    version: 1,
    id,
    name,
    description,
    licence,
    parameters: init.parameters ?? weight.parameters,
    dtype,
    contextTokens,
    memoryBytes: weight.weightBytes + cacheBytes,
    graph,
    files: [...files].map(([path, bytes]) => describeFile(path, bytes)),
    ...known,
  } satisfies Record<keyof Manifest, unknown>)
  return { manifest, weight }
}

type Known =
  | Pick<ChatManifest, 'task' | 'knownAnswer'>
  | Pick<EmbeddingManifest, 'task' | 'knownAnswer'>

/** A folder of sentence-transformers says how to pool, and is a model of vectors. */
async function makeKnown({ files, graph, dtype, ...init }: DescribeInit): Promise<Known> {
  const runtime = nodeRuntime(ort)
  const toleranceAbs = init.toleranceAbs ?? tolerances[dtype]
  if (!files.has('modules.json')) {
    const knownAnswer = await makeKnownAnswer({ runtime, files, graph, toleranceAbs })
    return { task: 'chat', knownAnswer }
  }
  // Components of a vector of length 1 are that much smaller than logits.
  const smaller = toleranceAbs / 10
  const knownAnswer = await makeKnownEmbedding({ runtime, files, graph, toleranceAbs: smaller })
  return { task: 'embedding', knownAnswer }
}

function readConfig(files: ModelFiles): DecoderShape {
  return JSON.parse(new TextDecoder().decode(files.get('config.json')))
}

export function describeFile(path: string, bytes: Uint8Array): ManifestFile {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    hashOf(bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  )
  return { path, sizeBytes: bytes.length, sha256: hashOf(bytes), chunks }
}

function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes))
}

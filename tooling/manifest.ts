/**
 * Writes manifest.json for a folder in Hugging Face layout: every file by size and hashes, and the
 * known answer computed on onnxruntime-node. Equal files give equal bytes.
 *
 *   npm run manifest -- public/models/bobbin --id weft/bobbin-2m --name Bobbin --dtype q8 \
 *     --graph onnx/model_quantized.onnx --licence Apache-2.0 --description '...'
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { type ModelFiles, makeKnownAnswer, nodeRuntime } from '@weft/engine/local'
import {
  bytesToHex,
  chunkBytes,
  type Manifest,
  type ManifestFile,
  manifestCid,
  manifestSchema,
  parse,
  sha256,
} from '@weft/protocol'
import * as ort from 'onnxruntime-node'

/** Of `config.json`, by its names there. */
type DecoderShape = {
  vocab_size: number
  hidden_size: number
  intermediate_size: number
  num_hidden_layers: number
  num_attention_heads: number
  num_key_value_heads?: number
  head_dim?: number
  max_position_embeddings: number
  tie_word_embeddings?: boolean
}

type MemoryInit = { graph: string; config: DecoderShape; dtype: string; parameters: number }

/** What a tab downloads; licence and readme stay behind. */
const neededFiles = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
]

const bytesPerFloat = 4

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    id: { type: 'string' },
    name: { type: 'string' },
    description: { type: 'string', default: '' },
    dtype: { type: 'string', default: 'fp32' },
    graph: { type: 'string', default: 'onnx/model.onnx' },
    licence: { type: 'string' },
    /**
     * Of a logit. Honest float32 backends differ by about 1e-5 on logits up to 15; int8 kernels where
     * none were asked for differ by 0.2 and more.
     */
    tolerance: { type: 'string', default: '0.01' },
    /** Where the family is not Llama's, whose parameters are counted from config.json. */
    parameters: { type: 'string' },
  },
})
const [folder] = positionals
if (!folder) throw new Error('Usage: npm run manifest -- <folder> --id publisher/name --name Name')

const { graph, dtype } = values
const files = readFiles(folder, graph)
const config = readConfig(files)
const parameters = values.parameters ? Number(values.parameters) : countParameters(config)
const manifest = parse('manifest', manifestSchema, {
  version: 1,
  id: values.id,
  name: values.name,
  description: values.description,
  licence: values.licence,
  parameters,
  dtype,
  contextTokens: config.max_position_embeddings,
  memoryBytes: memoryOf(files, { graph, config, dtype, parameters }),
  graph,
  files: [...files].map(([path, bytes]) => describeFile(path, bytes)),
  knownAnswer: await makeKnownAnswer({
    runtime: nodeRuntime(ort),
    files,
    graph,
    toleranceAbs: Number(values.tolerance),
  }),
} satisfies Record<keyof Manifest, unknown>)
writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`)
console.log(`${manifestCid(manifest)} ${manifest.id} (${manifest.parameters} parameters)`)

/** The files that the manifest pins, in order of path. */
function readFiles(folder: string, graph: string): ModelFiles {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => neededFiles.includes(path) || path.startsWith(graph))
    .sort()
  return new Map(paths.map((path) => [path, new Uint8Array(readFileSync(join(folder, path)))]))
}

function readConfig(files: ModelFiles): DecoderShape {
  return JSON.parse(new TextDecoder().decode(files.get('config.json')))
}

function describeFile(path: string, bytes: Uint8Array): ManifestFile {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    hashOf(bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  )
  return { path, sizeBytes: bytes.length, sha256: hashOf(bytes), chunks }
}

function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes))
}

/** Weights of a decoder of the Llama family: gated MLP, two norms a layer, no biases. */
function countParameters(config: DecoderShape): number {
  const { hidden_size: width, num_attention_heads: heads } = config
  const { head_dim: headSize = width / heads, num_key_value_heads: keyValueHeads = heads } = config
  const attention = 2 * width * headSize * (heads + keyValueHeads)
  const layer = attention + 3 * width * config.intermediate_size + 2 * width
  const embeddings = config.vocab_size * width * (config.tie_word_embeddings ? 1 : 2)
  return embeddings + config.num_hidden_layers * layer + width
}

/**
 * Estimate: the weights as the runtime holds them, and a float32 key/value cache of the whole
 * context. q8 weights are dequantised to float32 while the graph loads.
 */
function memoryOf(files: ModelFiles, { graph, config, dtype, parameters }: MemoryInit): number {
  const { hidden_size: width, num_attention_heads: heads } = config
  const { head_dim: headSize = width / heads, num_key_value_heads: keyValueHeads = heads } = config
  const stored = [...files].filter(([path]) => path.startsWith(graph))
  const storedBytes = stored.reduce((sum, [, bytes]) => sum + bytes.length, 0)
  const weightBytes = dtype === 'q8' ? parameters * bytesPerFloat : storedBytes
  const perToken = 2 * config.num_hidden_layers * keyValueHeads * headSize * bytesPerFloat
  return weightBytes + perToken * config.max_position_embeddings
}

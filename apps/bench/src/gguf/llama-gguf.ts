/**
 * A Llama-layout model of Hugging Face's names as GGUF: what `convert_hf_to_gguf.py` of llama.cpp
 * would write, in the dtypes that the benchmarks compare.
 * @module
 */
import { type GgufDtype, quantise } from './quantise.ts'
import { type GgufTensor, type GgufValue, writeGguf } from './write-gguf.ts'

/** Row-major, outermost dimension first: a projection is [outputs, inputs]. */
type Weights = ReadonlyMap<string, { dims: readonly number[]; data: Float32Array }>

export type LlamaGgufInit = {
  name: string
  /** `config.json` */
  config: LlamaConfig
  /** `tokenizer.json`, a byte-level BPE */
  tokenizer: BpeTokenizer
  weights: Weights
  /** Of every matrix, the embedding included; norms stay F32. */
  dtype: GgufDtype
}

export type LlamaConfig = {
  hidden_size: number
  intermediate_size: number
  num_hidden_layers: number
  num_attention_heads: number
  num_key_value_heads: number
  head_dim: number
  vocab_size: number
  max_position_embeddings: number
  rms_norm_eps: number
  rope_theta: number
  bos_token_id: number
  eos_token_id: number
}

export type BpeTokenizer = {
  model: { vocab: Record<string, number>; merges: (string | [string, string])[] }
  added_tokens: { id: number; content: string; special: boolean }[]
}

/** `LLAMA_FTYPE_*` and `LLAMA_TOKEN_TYPE_*` of llama.h. */
const fileTypes: Record<GgufDtype, number> = { F32: 0, Q4_0: 2, Q8_0: 7 }
const tokenTypes = { normal: 1, control: 3, unused: 5 }

/**
 * Letters of the byte-level alphabet that stand for ASCII bytes. A random model writes its tokens in
 * any order, and wllama's answer breaks on bytes that are no UTF-8: other tokens get a plain name.
 */
const isAscii = /^[!-~ĠĊĉ]*$/

const tensorNames: [RegExp, string][] = [
  [/^model\.embed_tokens\.weight$/, 'token_embd.weight'],
  [/^model\.norm\.weight$/, 'output_norm.weight'],
  [/^lm_head\.weight$/, 'output.weight'],
  [/^model\.layers\.(\d+)\.input_layernorm\.weight$/, 'blk.$1.attn_norm.weight'],
  [/^model\.layers\.(\d+)\.post_attention_layernorm\.weight$/, 'blk.$1.ffn_norm.weight'],
  [/^model\.layers\.(\d+)\.self_attn\.([qkv])_proj\.weight$/, 'blk.$1.attn_$2.weight'],
  [/^model\.layers\.(\d+)\.self_attn\.o_proj\.weight$/, 'blk.$1.attn_output.weight'],
  [/^model\.layers\.(\d+)\.mlp\.(gate|up|down)_proj\.weight$/, 'blk.$1.ffn_$2.weight'],
]

/**
 * @returns the file in parts, in order
 * @throws RangeError for a weight that a Llama has not
 */
export function llamaGguf({
  name,
  config,
  tokenizer,
  weights,
  dtype,
}: LlamaGgufInit): Uint8Array[] {
  const tensors = [...weights].map(([weight, { dims, data }]): GgufTensor => {
    const tensorDtype = dims.length === 1 ? 'F32' : dtype
    const rows = rotateAsPairs(weight, data, config)
    return { name: ggufName(weight), dims, dtype: tensorDtype, data: quantise(rows, tensorDtype) }
  })
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: name }],
    ['general.file_type', { type: 'uint32', value: fileTypes[dtype] }],
    ...shapeMetadata(config),
    ...tokenizerMetadata(tokenizer, config),
  ])
  return writeGguf({ metadata, tensors })
}

function ggufName(weight: string): string {
  const found = tensorNames.find(([pattern]) => pattern.test(weight))
  if (!found) throw new RangeError(`A Llama has no weight ${weight}.`)
  return weight.replace(...found)
}

/**
 * Hugging Face rotates dimension i of a head with i + half, ggml's Llama 2i with 2i + 1: the rows of
 * the query and key projections change places accordingly.
 */
function rotateAsPairs(weight: string, data: Float32Array, config: LlamaConfig): Float32Array {
  const projection = /self_attn\.([qk])_proj/.exec(weight)?.[1]
  if (!projection) return data
  const { head_dim: size, hidden_size: width } = config
  const heads = projection === 'q' ? config.num_attention_heads : config.num_key_value_heads
  const rotated = new Float32Array(data.length)
  for (let row = 0; row < heads * size; row += 1) {
    const inHead = row % size
    const from = row - inHead + (inHead >> 1) + (inHead % 2) * (size / 2)
    rotated.set(data.subarray(from * width, (from + 1) * width), row * width)
  }
  return rotated
}

function shapeMetadata(config: LlamaConfig): [string, GgufValue][] {
  const integers: Record<string, number> = {
    'llama.block_count': config.num_hidden_layers,
    'llama.context_length': config.max_position_embeddings,
    'llama.embedding_length': config.hidden_size,
    'llama.feed_forward_length': config.intermediate_size,
    'llama.attention.head_count': config.num_attention_heads,
    'llama.attention.head_count_kv': config.num_key_value_heads,
    'llama.attention.key_length': config.head_dim,
    'llama.attention.value_length': config.head_dim,
    'llama.rope.dimension_count': config.head_dim,
    'llama.vocab_size': config.vocab_size,
  }
  const floats: Record<string, number> = {
    'llama.attention.layer_norm_rms_epsilon': config.rms_norm_eps,
    'llama.rope.freq_base': config.rope_theta,
  }
  return [
    ...Object.entries(integers).map(([key, value]): [string, GgufValue] => [
      key,
      { type: 'uint32', value },
    ]),
    ...Object.entries(floats).map(([key, value]): [string, GgufValue] => [
      key,
      { type: 'float32', value },
    ]),
  ]
}

function tokenizerMetadata(
  { model, added_tokens: added }: BpeTokenizer,
  config: LlamaConfig,
): [string, GgufValue][] {
  const size = config.vocab_size
  const tokens = Array.from({ length: size }, (_, id) => `[unused${id}]`)
  const types = new Array<number>(size).fill(tokenTypes.unused)
  for (const [token, id] of Object.entries(model.vocab)) {
    if (!isAscii.test(token)) continue
    tokens[id] = token
    types[id] = tokenTypes.normal
  }
  for (const { id, content, special } of added) {
    tokens[id] = content
    if (special) types[id] = tokenTypes.control
  }
  const merges = model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')))
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'smollm' }],
    ['tokenizer.ggml.tokens', { type: 'strings', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'int32s', value: types }],
    ['tokenizer.ggml.merges', { type: 'strings', value: merges }],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: config.bos_token_id }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: config.eos_token_id }],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
  ]
}

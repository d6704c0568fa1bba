/**
 * A small encoder of BERT's kind with random weights, as a folder of sentence-transformers, and the
 * same computed naively in float64: what embeddings are tested on.
 * @module
 */
import { makeValueInfo } from '../graph/make.ts'
import { empty, encodeModel, tensorType } from '../graph/onnx.ts'
import { createGraphWriter, type GraphWriter } from './build-model/graph-writer.ts'
import { linear as writeProduct } from './build-model/linear.ts'

const words = 'a fox carried the lantern over hill and river was quiet boat moon in ##s ##ed , .'
const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...words.split(' ')]
const shape = { width: 16, heads: 2, headSize: 8, mlp: 32, layers: 2, positions: 32 }
const { width, heads, headSize, mlp, layers, positions } = shape
const epsilon = 1e-12

/** By name, row by row; a matrix is [out, in]. */
type Weights = Map<string, { dims: number[]; data: Float32Array }>

export type EncoderOptions = {
  /** Of `1_Pooling/config.json`; none is written when absent. */
  poolingMode?: string
  /** Besides `last_hidden_state`: `sentence_embedding`, the vector of the first token, doubled. */
  sentenceOutput?: boolean
  /** `q8` is that of `quantize_dynamic`; default fp32. */
  dtype?: 'fp32' | 'q8'
}

/** @returns content by path; the graph is `onnx/model.onnx` */
export function buildEncoder(options: EncoderOptions = {}): Map<string, Uint8Array> {
  const { poolingMode } = options
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  const pooling = { word_embedding_dimension: width, [poolingMode ?? '']: true }
  const modules = [
    { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
    { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    { idx: 2, name: '2', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
  ]
  return new Map([
    ['config.json', json({ model_type: 'bert', max_position_embeddings: positions })],
    ['tokenizer.json', json(tokenizer())],
    ['tokenizer_config.json', json({ tokenizer_class: 'BertTokenizer' })],
    ...(poolingMode
      ? ([
          ['modules.json', json(modules)],
          ['1_Pooling/config.json', json(pooling)],
        ] as const)
      : []),
    ['onnx/model.onnx', buildGraph(options)],
  ])
}

function tokenizer(): object {
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]']
  const piece = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
  const single = [piece('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, piece('[SEP]')]
  const named = (id: string) => [id, { id, ids: [vocabulary.indexOf(id)], tokens: [id] }]
  return {
    version: '1.0',
    added_tokens: special.map((content, id) => ({ id, content, special: true })),
    normalizer: { type: 'BertNormalizer', lowercase: true, clean_text: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single,
      pair: single,
      special_tokens: Object.fromEntries([named('[CLS]'), named('[SEP]')]),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  }
}

/** The same every time. */
function buildWeights(): Weights {
  const weights: Weights = new Map()
  let state = 1
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  const add = (
    name: string,
    dims: number[],
    { scale, mean = 0 }: { scale: number; mean?: number },
  ) => {
    const length = dims.reduce((product, dim) => product * dim, 1)
    weights.set(name, { dims, data: Float32Array.from({ length }, () => mean + scale * next()) })
  }
  const linear = (name: string, from: number, to: number) => {
    add(name, [to, from], { scale: 2 / Math.sqrt(from) })
    add(`${name}.bias`, [to], { scale: 0.2 })
  }
  const norm = (name: string) => {
    add(name, [width], { scale: 0.2, mean: 1 })
    add(`${name}.bias`, [width], { scale: 0.2 })
  }
  add('words', [vocabulary.length, width], { scale: 1 })
  add('positions', [positions, width], { scale: 0.5 })
  add('types', [2, width], { scale: 0.5 })
  norm('norm')
  for (let layer = 0; layer < layers; layer++) {
    for (const name of ['query', 'key', 'value', 'out']) linear(`${layer}.${name}`, width, width)
    linear(`${layer}.up`, width, mlp)
    linear(`${layer}.down`, mlp, width)
    norm(`${layer}.norm1`)
    norm(`${layer}.norm2`)
  }
  return weights
}

function buildGraph({ sentenceOutput = false, dtype = 'fp32' }: EncoderOptions): Uint8Array {
  const writer = createGraphWriter('encoder')
  const hidden = writeLayers(writer, dtype)
  writer.node('Identity', [hidden], { output: ['last_hidden_state'] })
  if (sentenceOutput) {
    const first = writer.node('Gather', [hidden, writer.int(0)], { attributes: { axis: 1 } })
    writer.node('Add', [first, first], { output: ['sentence_embedding'] })
  }
  const ids = { type: tensorType.int64, dims: ['batch_size', 'sequence_length'] }
  const inputs = ['input_ids', 'attention_mask', 'token_type_ids']
  const output = (name: string, dims: (string | number)[]) =>
    makeValueInfo(name, { type: tensorType.float32, dims })
  writer.graph.input.push(...inputs.map((name) => makeValueInfo(name, ids)))
  writer.graph.output.push(
    output('last_hidden_state', ['batch_size', 'sequence_length', width]),
    ...(sentenceOutput ? [output('sentence_embedding', ['batch_size', width])] : []),
  )
  return encodeModel({
    ...empty.model(),
    irVersion: 9,
    opsetImport: [{ ...empty.opset(), domain: '', version: 17 }],
    graph: writer.graph,
  })
}

/** @returns the name of the last hidden states */
function writeLayers(writer: GraphWriter, dtype: 'fp32' | 'q8'): string {
  const { node, tensor, ints } = writer
  const weights = buildWeights()
  const weight = (name: string): string => {
    const { dims, data } = weights.get(name) ?? { dims: [0], data: new Float32Array(0) }
    return tensor(name, dims, { float32: data })
  }
  const scalar = (name: string, value: number) => tensor(name, [], { float32: [value] })
  const linear = (input: string, name: string) => {
    const matrix = weights.get(name) ?? { dims: [0, 0], data: new Float32Array(0) }
    const product = writeProduct(writer, { dtype, name, weight: matrix, input })
    return node('Add', [product, weight(`${name}.bias`)])
  }
  const norm = (x: string, name: string) =>
    node('LayerNormalization', [x, weight(name), weight(`${name}.bias`)], {
      attributes: { axis: -1, epsilon: { float: epsilon } },
    })
  const split = (x: string, perm: number[]) =>
    node('Transpose', [node('Reshape', [x, ints(0, 0, heads, headSize)])], {
      attributes: { perm },
    })
  const gelu = (x: string) => {
    const erf = node('Erf', [node('Div', [x, scalar('root2', Math.SQRT2)])])
    const grown = node('Mul', [x, node('Add', [erf, scalar('one', 1)])])
    return node('Mul', [grown, scalar('half', 0.5)])
  }

  const length = node('Shape', ['input_ids'], { attributes: { start: 1, end: 2 } })
  const range = node('Range', [writer.int(0), node('Squeeze', [length, ints(0)]), writer.int(1)])
  const mask = node('Cast', ['attention_mask'], { attributes: { to: tensorType.float32 } })
  const absent = node('Sub', [scalar('one', 1), node('Unsqueeze', [mask, ints(1, 2)])])
  const bias = node('Mul', [absent, scalar('far', -1e9)])

  const gathered = [
    node('Gather', [weight('words'), 'input_ids']),
    node('Gather', [weight('positions'), range]),
    node('Gather', [weight('types'), 'token_type_ids']),
  ]
  let x = norm(
    gathered.reduce((sum, part) => node('Add', [sum, part])),
    'norm',
  )
  for (let layer = 0; layer < layers; layer++) {
    const query = split(linear(x, `${layer}.query`), [0, 2, 1, 3])
    const key = split(linear(x, `${layer}.key`), [0, 2, 3, 1])
    const value = split(linear(x, `${layer}.value`), [0, 2, 1, 3])
    const scaled = node('Mul', [
      node('MatMul', [query, key]),
      scalar('scale', 1 / Math.sqrt(headSize)),
    ])
    const shares = node('Softmax', [node('Add', [scaled, bias])], { attributes: { axis: -1 } })
    const mixed = node('Transpose', [node('MatMul', [shares, value])], {
      attributes: { perm: [0, 2, 1, 3] },
    })
    const joined = node('Reshape', [mixed, ints(0, 0, width)])
    x = norm(node('Add', [x, linear(joined, `${layer}.out`)]), `${layer}.norm1`)
    const moved = linear(gelu(linear(x, `${layer}.up`)), `${layer}.down`)
    x = norm(node('Add', [x, moved]), `${layer}.norm2`)
  }
  return x
}

/** @returns the hidden state of every token, float64 [tokens][width], in the plainest way there is */
export function encodeNaively(tokens: readonly number[]): number[][] {
  const weights = buildWeights()
  const get = (name: string): Float32Array => weights.get(name)?.data ?? new Float32Array(0)
  const row = (name: string, index: number) => [
    ...get(name).subarray(index * width, (index + 1) * width),
  ]
  const add = (a: number[], b: ArrayLike<number>) => a.map((value, i) => value + (b[i] ?? 0))
  const linear = (x: number[], name: string) => {
    const [matrix, bias] = [get(name), get(`${name}.bias`)]
    return Array.from(bias, (start, to) =>
      x.reduce((sum, value, from) => sum + value * (matrix[to * x.length + from] ?? 0), start),
    )
  }
  const norm = (x: number[], name: string) => {
    const mean = x.reduce((a, b) => a + b) / x.length
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length
    const [gain, bias] = [get(name), get(`${name}.bias`)]
    return x.map(
      (value, i) =>
        ((value - mean) / Math.sqrt(variance + epsilon)) * (gain[i] ?? 0) + (bias[i] ?? 0),
    )
  }
  let x = tokens.map((token, position) =>
    norm(add(add(row('words', token), row('positions', position)), row('types', 0)), 'norm'),
  )
  for (let layer = 0; layer < layers; layer++) {
    const [query, key, value] = ['query', 'key', 'value'].map((name) =>
      x.map((state) => linear(state, `${layer}.${name}`)),
    )
    const mixed = x.map((_, at) =>
      Array.from({ length: heads }, (_, head) => {
        const part = (state: number[] | undefined) =>
          (state ?? []).slice(head * headSize, (head + 1) * headSize)
        const q = part(query?.[at])
        const scores = x.map((_, other) => dot(q, part(key?.[other])) / Math.sqrt(headSize))
        const exponents = scores.map((score) => Math.exp(score - Math.max(...scores)))
        const total = exponents.reduce((a, b) => a + b)
        return Array.from({ length: headSize }, (_, i) =>
          exponents.reduce(
            (sum, e, other) => sum + (e / total) * (part(value?.[other])[i] ?? 0),
            0,
          ),
        )
      }).flat(),
    )
    x = x.map((state, at) =>
      norm(add(state, linear(mixed[at] ?? [], `${layer}.out`)), `${layer}.norm1`),
    )
    x = x.map((state) => {
      const moved = linear(linear(state, `${layer}.up`).map(gelu), `${layer}.down`)
      return norm(add(state, moved), `${layer}.norm2`)
    })
  }
  return x
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
}

function gelu(x: number): number {
  return (x / 2) * (1 + erf(x / Math.SQRT2))
}

/** By its Maclaurin series: exact to 1e-12 for |x| < 5, and 1 beyond. */
function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x)
  let term = x
  let sum = x
  for (let n = 1; n < 150; n++) {
    term *= -(x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

/**
 * A causal decoder as an ONNX graph with the inputs and outputs of Hugging Face's exporter.
 * @module
 */
import { makeValueInfo } from '../../graph/make.ts'
import { empty, type OnnxModelWithGraph, tensorType } from '../../graph/onnx.ts'
import { attention } from './attention.ts'
import { createGraphWriter } from './graph-writer.ts'
import { floatsAs, linear, quantizeRows } from './linear.ts'
import { prelude } from './prelude.ts'
import type { Recipe } from './recipe.ts'
import { createScope, float, norm, project, type Scope, split } from './scope.ts'
import { type Weight, weightsOf } from './weights.ts'

const embedding = 'model.embed_tokens'

export function decoderGraph(recipe: Recipe): OnnxModelWithGraph {
  const writer = createGraphWriter(`${recipe.family}_decoder`)
  const scope = createScope({ writer, recipe, weight: weightsOf(recipe).weight })
  declareInputs(scope)
  const shared = prelude(scope)
  let hidden = embed(scope)
  for (let layer = 0; layer < recipe.shape.layers; layer += 1) {
    const name = `model.layers.${layer}`
    const normed = norm(scope, { input: hidden, name: `${name}.input_layernorm` })
    const mixed = attention(scope, { input: normed, layer, prelude: shared })
    hidden = feedForward(scope, { name, input: hidden, mixed })
  }
  head(scope, norm(scope, { input: hidden, name: 'model.norm' }))
  declareOutputs(scope)
  const opset = (domain: string, version: number) => ({ ...empty.opset(), domain, version })
  return {
    ...empty.model(),
    irVersion: 8,
    producerName: 'weft',
    opsetImport: [opset('', 17), opset('com.microsoft', 1)],
    graph: writer.graph,
  }
}

/** The rest of a layer: both residual sums and the feed-forward block between them. */
function feedForward(
  scope: Scope,
  { name, input, mixed }: { name: string; input: string; mixed: string },
): string {
  const { writer, traits } = scope
  const behind = `${name}.post_attention_layernorm`
  if (!traits.gemma) {
    const residual = writer.node('Add', [input, mixed])
    const output = block(scope, { name, input: norm(scope, { input: residual, name: behind }) })
    return writer.node('Add', [residual, output])
  }
  const residual = writer.node('Add', [input, norm(scope, { input: mixed, name: behind })])
  const before = norm(scope, { input: residual, name: `${name}.pre_feedforward_layernorm` })
  const output = block(scope, { name, input: before })
  const after = norm(scope, { input: output, name: `${name}.post_feedforward_layernorm` })
  return writer.node('Add', [residual, after])
}

function block(scope: Scope, { name, input }: { name: string; input: string }): string {
  const { writer, traits, recipe } = scope
  const { mlp } = recipe.shape
  const one = (part: string) => project(scope, { input, name: `${name}.mlp.${part}_proj` })
  const [gate = '', up = ''] = traits.fused
    ? split(scope, { input: one('gate_up'), lengths: [mlp, mlp] })
    : [one('gate'), one('up')]
  const active = traits.gemma
    ? gelu(scope, gate)
    : writer.node('Mul', [gate, writer.node('Sigmoid', [gate])])
  const product = writer.node('Mul', [active, up])
  return project(scope, { input: product, name: `${name}.mlp.down_proj` })
}

/** By tanh: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) */
function gelu(scope: Scope, input: string): string {
  const { writer } = scope
  const times = (a: string, b: string) => writer.node('Mul', [a, b])
  const cube = times(times(input, times(input, input)), float(scope, 0.044715))
  const inner = times(writer.node('Add', [input, cube]), float(scope, Math.sqrt(2 / Math.PI)))
  const bent = writer.node('Add', [writer.node('Tanh', [inner]), float(scope, 1)])
  return times(times(input, float(scope, 0.5)), bent)
}

/** [batch, tokens, width] */
function embed(scope: Scope): string {
  const { writer, recipe, traits, weight } = scope
  const table = weight(`${embedding}.weight`)
  const rows = gatherRows(scope, table)
  if (!traits.gemma) return rows
  return writer.node('Mul', [rows, float(scope, Math.sqrt(recipe.shape.width))])
}

function gatherRows({ writer, recipe }: Scope, table: Weight): string {
  const name = `${embedding}.weight`
  if (recipe.dtype === 'q8') {
    const scale = Math.fround(table.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0) / 127)
    const int8 = Int8Array.from(table.data, (value) => Math.round(value / scale))
    const quantized = writer.tensor(`${name}_quantized`, table.dims, { int8 })
    const parts = [
      writer.node('Gather', [quantized, 'input_ids']),
      writer.tensor(`${name}_scale`, [], { float32: [scale] }),
      writer.tensor(`${name}_zero_point`, [], { int8: new Int8Array(1) }),
    ]
    return writer.node('DequantizeLinear', parts)
  }
  if (recipe.dtype === 'q8w') {
    const { values, scales } = quantizeRows(table)
    const int8 = writer.tensor(`${name}_int8`, table.dims, { int8: values })
    const scale = writer.tensor(`${name}_scale`, [scales.length], { float32: scales })
    const levels = writer.node('Gather', [int8, 'input_ids'])
    const wide = writer.node('Cast', [levels], { attributes: { to: tensorType.float32 } })
    const scaleAt = writer.node('Gather', [scale, 'input_ids'])
    return writer.node('Mul', [wide, writer.node('Unsqueeze', [scaleAt, writer.ints(-1)])])
  }
  const floats = writer.tensor(name, table.dims, floatsAs(recipe.dtype, table.data))
  return writer.node('Gather', [floats, 'input_ids'])
}

/** Logits, float32 in every dtype. */
function head(scope: Scope, normed: string): void {
  const { writer, recipe, traits, floatType } = scope
  const hidden = recipe.numLogitsToKeep ? lastRows(scope, normed) : normed
  const product = traits.tied
    ? tiedHead(scope, hidden)
    : project(scope, { input: hidden, name: 'lm_head' })
  const output = ['logits']
  if (floatType === tensorType.float32) writer.node('Identity', [product], { output })
  else writer.node('Cast', [product], { attributes: { to: tensorType.float32 }, output })
}

/** By the table that embeds, transposed; the quantised products keep a copy in their own layout. */
function tiedHead({ writer, recipe, weight }: Scope, input: string): string {
  const { dtype } = recipe
  const name = `${embedding}.weight`
  const product = (table: string) =>
    writer.node('MatMul', [
      input,
      writer.node('Transpose', [table], { attributes: { perm: [1, 0] } }),
    ])
  if (dtype === 'fp32' || dtype === 'fp16') return product(name)
  if (dtype === 'q8w') {
    const zero = new Int8Array(recipe.shape.vocab)
    const parts = [
      `${name}_int8`,
      `${name}_scale`,
      writer.tensor(`${name}_zero`, [zero.length], { int8: zero }),
    ]
    return product(writer.node('DequantizeLinear', parts, { attributes: { axis: 0 } }))
  }
  return linear(writer, { dtype, name: 'lm_head', weight: weight(name), input })
}

function lastRows({ writer }: Scope, input: string): string {
  const count = writer.node('Reshape', ['num_logits_to_keep', writer.ints(1)])
  const end = writer.ints(2 ** 31 - 1)
  return writer.node('Slice', [input, writer.node('Neg', [count]), end, writer.ints(1)])
}

function declareInputs({ writer, recipe, floatType }: Scope): void {
  const ids = { type: tensorType.int64, dims: ['batch_size', 'sequence_length'] }
  const total = { type: tensorType.int64, dims: ['batch_size', 'total_sequence_length'] }
  const { input } = writer.graph
  input.push(makeValueInfo('input_ids', ids), makeValueInfo('attention_mask', total))
  if (recipe.positionIds) input.push(makeValueInfo('position_ids', ids))
  if (recipe.numLogitsToKeep) {
    input.push(makeValueInfo('num_logits_to_keep', { type: tensorType.int64, dims: [] }))
  }
  input.push(...cacheInfos(recipe, { kind: 'past_key_values', type: floatType }))
}

function declareOutputs({ writer, recipe, floatType }: Scope): void {
  const dims = ['batch_size', 'sequence_length', recipe.shape.vocab]
  writer.graph.output.push(makeValueInfo('logits', { type: tensorType.float32, dims }))
  writer.graph.output.push(...cacheInfos(recipe, { kind: 'present', type: floatType }))
}

function cacheInfos(
  { shape }: Recipe,
  { kind, type }: { kind: 'past_key_values' | 'present'; type: number },
) {
  const length = kind === 'present' ? 'total_sequence_length' : 'past_sequence_length'
  const dims = ['batch_size', shape.kvHeads, length, shape.headDim]
  return Array.from({ length: shape.layers }, (_, layer) =>
    ['key', 'value'].map((part) => makeValueInfo(`${kind}.${layer}.${part}`, { type, dims })),
  ).flat()
}

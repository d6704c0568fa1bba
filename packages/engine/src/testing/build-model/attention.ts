/**
 * Self-attention of one layer, in the two ways that exporters write it.
 * @module
 */
import type { Prelude, Rotary } from './prelude.ts'
import { isSliding, rotaryDim, sliding } from './recipe.ts'
import { float, norm, project, type Scope, split } from './scope.ts'

type LayerInit = { input: string; layer: number; prelude: Prelude }
type QueryKeyValue = { query: string; key: string; value: string }
type HeadsInit = { input: string; heads: number }

const microsoft = 'com.microsoft'

/** @returns [batch, tokens, width] */
export function attention(scope: Scope, { input, layer, prelude }: LayerInit): string {
  const name = `model.layers.${layer}.self_attn`
  const projected = projections(scope, { input, name })
  const write = scope.recipe.attention === 'gqa' ? groupQueryAttention : concatAttention
  const mixed = write(scope, { ...projected, layer, prelude })
  return project(scope, { input: mixed, name: `${name}.o_proj` })
}

/** Each [batch, tokens, heads · head size]. */
function projections(
  scope: Scope,
  { input, name }: { input: string; name: string },
): QueryKeyValue {
  const { traits, recipe } = scope
  const { heads, kvHeads, headDim } = recipe.shape
  if (traits.fused) {
    const all = project(scope, { input, name: `${name}.qkv_proj` })
    const lengths = [heads * headDim, kvHeads * headDim, kvHeads * headDim]
    const [query = '', key = '', value = ''] = split(scope, { input: all, lengths })
    return { query, key, value }
  }
  const one = (part: string) =>
    project(scope, { input, name: `${name}.${part}_proj`, bias: traits.qkvBias })
  const [query, key, value] = [one('q'), one('k'), one('v')]
  if (!traits.qkNorm) return { query, key, value }
  const normed = (part: 'q' | 'k', init: HeadsInit) =>
    mergeHeads(scope, norm(scope, { input: splitHeads(scope, init), name: `${name}.${part}_norm` }))
  return {
    query: normed('q', { input: query, heads }),
    key: normed('k', { input: key, heads: kvHeads }),
    value,
  }
}

/** [batch, tokens, heads · head size] to [batch, tokens, heads, head size] */
function splitHeads({ writer, recipe }: Scope, { input, heads }: HeadsInit): string {
  return writer.node('Reshape', [input, writer.ints(0, 0, heads, recipe.shape.headDim)])
}

function mergeHeads({ writer }: Scope, input: string): string {
  return writer.node('Reshape', [input, writer.ints(0, 0, -1)])
}

type MixInit = QueryKeyValue & { layer: number; prelude: Prelude }

const cacheNames = (kind: 'past_key_values' | 'present', layer: number) =>
  [`${kind}.${layer}.key`, `${kind}.${layer}.value`] as const

/** As onnxruntime-genai: rotary inside the operator, or before it when positions are an input. */
function groupQueryAttention(scope: Scope, init: MixInit): string {
  const { writer, recipe } = scope
  const { layer, prelude, value } = init
  const { heads, kvHeads } = recipe.shape
  const local = isSliding(recipe, layer)
  const { cos, sin } = local ? prelude.localRotary : prelude.rotary
  const rotated = (input: string, headCount: number) =>
    recipe.positionIds
      ? writer.node('RotaryEmbedding', [input, prelude.positions, cos, sin], {
          domain: microsoft,
          attributes: { num_heads: headCount, rotary_embedding_dim: rotaryDim(recipe) },
        })
      : input
  const [pastKey, pastValue] = cacheNames('past_key_values', layer)
  const inputs = [rotated(init.query, heads), rotated(init.key, kvHeads), value, pastKey, pastValue]
  inputs.push(prelude.lastPositions, prelude.totalLength)
  if (!recipe.positionIds) inputs.push(cos, sin)
  return writer.node('GroupQueryAttention', inputs, {
    domain: microsoft,
    attributes: {
      num_heads: heads,
      kv_num_heads: kvHeads,
      do_rotary: recipe.positionIds ? 0 : 1,
      ...(local ? { local_window_size: sliding.window } : {}),
    },
    output: [`/layer_${layer}/mixed`, ...cacheNames('present', layer)],
  })
}

/** As optimum: keys and values grow by Concat, every product and the mask are nodes of their own. */
function concatAttention(scope: Scope, init: MixInit): string {
  const { writer, recipe } = scope
  const { layer, prelude } = init
  const { heads, kvHeads, headDim } = recipe.shape
  const local = isSliding(recipe, layer)
  const rotary = local ? prelude.localRotary : prelude.rotary
  const perHead = (part: HeadsInit) =>
    writer.node('Transpose', [splitHeads(scope, part)], { attributes: { perm: [0, 2, 1, 3] } })
  const grown = (index: 0 | 1, fresh: string) => {
    const output = [cacheNames('present', layer)[index]]
    const past = cacheNames('past_key_values', layer)[index]
    return writer.node('Concat', [past, fresh], { attributes: { axis: 2 }, output })
  }
  const query = rotate(scope, { input: perHead({ input: init.query, heads }), rotary })
  const freshKey = rotate(scope, { input: perHead({ input: init.key, heads: kvHeads }), rotary })
  const keys = repeatHeads(scope, { input: grown(0, freshKey), prelude })
  const fresh = perHead({ input: init.value, heads: kvHeads })
  const values = repeatHeads(scope, { input: grown(1, fresh), prelude })

  const across = writer.node('Transpose', [keys], { attributes: { perm: [0, 1, 3, 2] } })
  const products = writer.node('MatMul', [query, across])
  const scaled = writer.node('Mul', [products, float(scope, headDim ** -0.5)])
  const scores = writer.node('Add', [scaled, local ? prelude.localMask : prelude.mask])
  const shares = writer.node('Softmax', [scores], { attributes: { axis: -1 } })
  const mixed = writer.node('MatMul', [shares, values])
  return mergeHeads(
    scope,
    writer.node('Transpose', [mixed], { attributes: { perm: [0, 2, 1, 3] } }),
  )
}

/** [batch, heads, tokens, head size]: the first halves turn against the second ones, the rest stays. */
function rotate(scope: Scope, { input, rotary }: { input: string; rotary: Rotary }): string {
  const { writer, recipe } = scope
  const half = rotaryDim(recipe) / 2
  const still = recipe.shape.headDim - 2 * half
  const lengths = still > 0 ? [half, half, still] : [half, half]
  const [first = '', second = '', ...rest] = split(scope, { input, lengths })
  const product = (part: string, table: string) => writer.node('Mul', [part, table])
  const { cosAt, sinAt } = rotary
  const left = writer.node('Sub', [product(first, cosAt), product(second, sinAt)])
  const right = writer.node('Add', [product(second, cosAt), product(first, sinAt)])
  return writer.node('Concat', [left, right, ...rest], { attributes: { axis: -1 } })
}

/** [batch, kv heads, total, head size] to [batch, heads, total, head size] */
function repeatHeads(
  { writer, recipe }: Scope,
  { input, prelude }: { input: string; prelude: Prelude },
): string {
  const { heads, kvHeads, headDim } = recipe.shape
  if (heads === kvHeads) return input
  const grouped = writer.node('Unsqueeze', [input, writer.ints(2)])
  const groups = writer.ints(1, 1, heads / kvHeads, 1, 1)
  const expanded = writer.node('Expand', [grouped, groups])
  const shape = [writer.ints(0, heads), prelude.totalVector, writer.ints(headDim)]
  const target = writer.node('Concat', shape, { attributes: { axis: 0 } })
  return writer.node('Reshape', [expanded, target])
}

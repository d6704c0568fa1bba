/**
 * What every part of the decoder graph works on, and the small operations that they share.
 * @module
 */
import { tensorType } from '../../graph/onnx.ts'
import type { GraphWriter } from './graph-writer.ts'
import { floatsAs, isHalf, linear } from './linear.ts'
import { families, type Recipe, rmsEpsilon, type Traits } from './recipe.ts'
import type { Weight } from './weights.ts'

export type Scope = {
  writer: GraphWriter
  recipe: Recipe
  traits: Traits
  weight: (name: string) => Weight
  /** ONNX type of activations. */
  floatType: number
}

export function createScope(init: Pick<Scope, 'writer' | 'recipe' | 'weight'>): Scope {
  const floatType = isHalf(init.recipe.dtype) ? tensorType.float16 : tensorType.float32
  return { ...init, traits: families[init.recipe.family], floatType }
}

/** A scalar of the graph's own float type. */
export function float({ writer, recipe }: Scope, value: number): string {
  return writer.tensor(`float_${value}`, [], floatsAs(recipe.dtype, Float32Array.of(value)))
}

/** Product with a weight, and its bias where the model has one. */
export function project(
  scope: Scope,
  { input, name, bias = false }: { input: string; name: string; bias?: boolean },
): string {
  const { writer, recipe, weight } = scope
  const init = { dtype: recipe.dtype, name, weight: weight(`${name}.weight`), input }
  const product = linear(writer, init)
  return bias ? writer.node('Add', [product, vector(scope, `${name}.bias`)]) : product
}

function vector({ writer, recipe, traits, weight }: Scope, name: string): string {
  const { dims, data } = weight(name)
  const isNorm = name.includes('norm')
  const values = traits.gemma && isNorm ? data.map((value) => 1 + value) : data
  return writer.tensor(name, dims, floatsAs(recipe.dtype, values))
}

/** RMS over the last axis: one operator beside GroupQueryAttention, spelled out as torch beside Concat. */
export function norm(scope: Scope, { input, name }: { input: string; name: string }): string {
  const { writer, recipe, floatType } = scope
  const scale = vector(scope, `${name}.weight`)
  if (recipe.attention === 'gqa') {
    const attributes = { axis: -1, epsilon: { float: rmsEpsilon }, stash_type: 1 }
    return writer.node('SimplifiedLayerNormalization', [input, scale], { attributes })
  }
  const half = floatType === tensorType.float16
  const cast = (value: string, to: number) =>
    half ? writer.node('Cast', [value], { attributes: { to } }) : value
  const single = (value: number) => writer.tensor(`single_${value}`, [], { float32: [value] })
  const wide = cast(input, tensorType.float32)
  const square = writer.node('Pow', [wide, single(2)])
  const mean = writer.node('ReduceMean', [square], { attributes: { axes: [-1], keepdims: 1 } })
  const root = writer.node('Sqrt', [writer.node('Add', [mean, single(rmsEpsilon)])])
  const unit = writer.node('Mul', [wide, writer.node('Div', [single(1), root])])
  return writer.node('Mul', [cast(unit, tensorType.float16), scale])
}

/** Consecutive pieces of the last axis. */
export function split(
  { writer }: Scope,
  { input, lengths }: { input: string; lengths: readonly number[] },
): string[] {
  const output = lengths.map((_, index) => `${input}_part_${index}`)
  writer.node('Split', [input, writer.ints(...lengths)], { attributes: { axis: -1 }, output })
  return output
}

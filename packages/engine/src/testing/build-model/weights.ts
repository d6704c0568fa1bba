/**
 * Seeded random weights under the names that Hugging Face gives them, scaled so that the model is
 * lively: activations keep their size through the layers, logits spread by about 3, and the most
 * likely token changes from place to place. The same recipe gives the same bits everywhere.
 * @module
 */
import { families, type Recipe } from './recipe.ts'

/** dims of a matrix: [out, in], row by row. */
export type Weight = { dims: number[]; data: Float32Array }

type Tensor = { dims: number[]; mean: number; deviation: number }

/** Every weight of the model, one at a time: a large model need not lie in memory whole. */
export function weightsOf(recipe: Recipe): {
  names: string[]
  /** @throws RangeError when the model has no such weight */
  weight: (name: string) => Weight
} {
  const tensors = describe(recipe)
  return {
    names: [...tensors.keys()],
    weight(name) {
      const tensor = tensors.get(name)
      if (!tensor) throw new RangeError(`There is no weight ${name}.`)
      return { dims: tensor.dims, data: fill(tensor, hash(name, recipe.seed)) }
    },
  }
}

/** All of them, for a writer of another format. */
export function buildWeights(recipe: Recipe): Map<string, Weight> {
  const { names, weight } = weightsOf(recipe)
  return new Map(names.map((name) => [name, weight(name)]))
}

function describe({ family, shape }: Recipe): Map<string, Tensor> {
  const { layers, width, heads, kvHeads, headDim, mlp, vocab } = shape
  const { tied, qkvBias, qkNorm, fused, gemma } = families[family]
  const tensors = new Map<string, Tensor>()
  const matrix = (name: string, [out, within]: [number, number], gain = 1) =>
    tensors.set(`${name}.weight`, { dims: [out, within], mean: 0, deviation: gain / within ** 0.5 })
  const norm = (name: string, length: number, mean = gemma ? 0 : 1) =>
    tensors.set(`${name}.weight`, { dims: [length], mean, deviation: 0.1 })

  // Gemma multiplies the embedding by sqrt(width): a smaller one, or it drowns its layers.
  matrix('model.embed_tokens', [vocab, width], gemma ? 1.5 : 3)
  for (let layer = 0; layer < layers; layer += 1) {
    const at = `model.layers.${layer}`
    const [query, key] = [heads * headDim, kvHeads * headDim]
    norm(`${at}.input_layernorm`, width)
    if (fused) matrix(`${at}.self_attn.qkv_proj`, [query + 2 * key, width])
    else {
      matrix(`${at}.self_attn.q_proj`, [query, width], 1.5)
      matrix(`${at}.self_attn.k_proj`, [key, width], 1.5)
      matrix(`${at}.self_attn.v_proj`, [key, width])
    }
    if (qkvBias) {
      const bias = (out: number) => ({ dims: [out], mean: 0, deviation: 0.5 })
      tensors.set(`${at}.self_attn.q_proj.bias`, bias(query))
      tensors.set(`${at}.self_attn.k_proj.bias`, bias(key))
      tensors.set(`${at}.self_attn.v_proj.bias`, bias(key))
    }
    if (qkNorm) {
      norm(`${at}.self_attn.q_norm`, headDim)
      norm(`${at}.self_attn.k_norm`, headDim)
    }
    matrix(`${at}.self_attn.o_proj`, [width, query], 1.5)
    norm(`${at}.post_attention_layernorm`, width, gemma ? 2 : 1)
    if (gemma) norm(`${at}.pre_feedforward_layernorm`, width)
    if (fused) matrix(`${at}.mlp.gate_up_proj`, [2 * mlp, width])
    else {
      matrix(`${at}.mlp.gate_proj`, [mlp, width])
      matrix(`${at}.mlp.up_proj`, [mlp, width])
    }
    matrix(`${at}.mlp.down_proj`, [width, mlp], 1.5)
    if (gemma) norm(`${at}.post_feedforward_layernorm`, width, 2)
  }
  norm('model.norm', width)
  if (!tied) matrix('lm_head', [vocab, width], 3)
  return tensors
}

/** Each value from one draw: four bytes added up, which is close to a bell curve. */
function fill({ dims, mean, deviation }: Tensor, seed: number): Float32Array {
  const data = new Float32Array(dims.reduce((product, length) => product * length, 1))
  const scale = deviation / Math.sqrt((4 * (256 ** 2 - 1)) / 12)
  let state = seed
  for (let index = 0; index < data.length; index += 1) {
    // splitmix32
    state = (state + 0x9e3779b9) | 0
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97)
    bits ^= bits >>> 15
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24)
    data[index] = mean + (sum - 510) * scale
  }
  return data
}

/** FNV-1a */
function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return value
}

/**
 * What a made-up model looks like: its family, its shape and how its graph is written.
 * @module
 */
export type Family = 'llama' | 'qwen2' | 'qwen3' | 'smollm2' | 'phi3' | 'gemma3'

export type Shape = {
  layers: number
  width: number
  heads: number
  kvHeads: number
  headDim: number
  /** Width inside the feed-forward block. */
  mlp: number
  vocab: number
  /** Tokens that its rotary tables reach. */
  context: number
}

/**
 * `q8`: DynamicQuantizeLinear and MatMulInteger, as Hugging Face's `model_quantized.onnx`. `q8w`:
 * int8 weights behind DequantizeLinear, as Bobbin. `q4`: MatMulNBits in blocks of 32. `q4f16`: that
 * with float16 around it.
 */
export type Dtype = 'fp32' | 'fp16' | 'q8' | 'q8w' | 'q4' | 'q4f16'

export type Recipe = {
  family: Family
  shape: Shape
  /** `concat`: explicit attention over concatenated keys, as optimum; `gqa`: GroupQueryAttention. */
  attention: 'concat' | 'gqa'
  dtype: Dtype
  /** Whether the graph takes `num_logits_to_keep`. */
  numLogitsToKeep: boolean
  /** Whether the graph takes `position_ids`; otherwise positions count from the past's length. */
  positionIds: boolean
  /** Whether weights lie in a file beside the graph. */
  externalData: boolean
  seed: number
}

/** What tells the families apart. */
export type Traits = {
  modelType: string
  architecture: string
  tied: boolean
  qkvBias: boolean
  qkNorm: boolean
  /** q, k, v in one matrix, gate and up in another. */
  fused: boolean
  /** Gemma: norms scale by 1 + w, four of them a layer, embeddings by sqrt(width), GELU. */
  gemma: boolean
  /** Part of each head that turns with the position. */
  rotaryShare: number
  ropeTheta: number
}

const llama: Traits = {
  modelType: 'llama',
  architecture: 'LlamaForCausalLM',
  tied: false,
  qkvBias: false,
  qkNorm: false,
  fused: false,
  gemma: false,
  rotaryShare: 1,
  ropeTheta: 10_000,
}

export const families: Record<Family, Traits> = {
  llama,
  smollm2: { ...llama, tied: true, ropeTheta: 100_000 },
  qwen2: {
    ...llama,
    modelType: 'qwen2',
    architecture: 'Qwen2ForCausalLM',
    tied: true,
    qkvBias: true,
    ropeTheta: 1_000_000,
  },
  qwen3: {
    ...llama,
    modelType: 'qwen3',
    architecture: 'Qwen3ForCausalLM',
    tied: true,
    qkNorm: true,
    ropeTheta: 1_000_000,
  },
  phi3: {
    ...llama,
    modelType: 'phi3',
    architecture: 'Phi3ForCausalLM',
    fused: true,
    rotaryShare: 0.75,
  },
  gemma3: {
    ...llama,
    modelType: 'gemma3_text',
    architecture: 'Gemma3ForCausalLM',
    tied: true,
    qkNorm: true,
    gemma: true,
    ropeTheta: 1_000_000,
  },
}

/** Gemma 3: of these layers one sees everything, the others this many tokens back. */
export const sliding = { every: 6, window: 16, ropeTheta: 10_000 }

export const rmsEpsilon = 1e-5

/** Large enough for a chat template and a few turns, small enough to build in no time. */
export const tinyShape: Shape = {
  layers: 2,
  width: 64,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  mlp: 128,
  vocab: 4096,
  context: 512,
}

export const defaultRecipe: Recipe = {
  family: 'llama',
  shape: tinyShape,
  attention: 'concat',
  dtype: 'fp32',
  numLogitsToKeep: false,
  positionIds: true,
  externalData: false,
  seed: 1,
}

export const recipes = {
  tiny: defaultRecipe,
  /** 14.2 million parameters. */
  'bench-15m': {
    ...defaultRecipe,
    family: 'smollm2',
    shape: {
      layers: 8,
      width: 384,
      heads: 6,
      kvHeads: 2,
      headDim: 64,
      mlp: 1024,
      vocab: 4096,
      context: 4096,
    },
  },
  /** SmolLM2-135M's shape. */
  'bench-135m': {
    ...defaultRecipe,
    family: 'smollm2',
    shape: {
      layers: 30,
      width: 576,
      heads: 9,
      kvHeads: 3,
      headDim: 64,
      mlp: 1536,
      vocab: 49_152,
      context: 8192,
    },
  },
} satisfies Record<string, Recipe>

/** Width of the turning part of a head, even. */
export function rotaryDim({ family, shape }: Recipe): number {
  return 2 * Math.floor((shape.headDim * families[family].rotaryShare) / 2)
}

/** Whether a layer sees only the last tokens. */
export function isSliding({ family }: Recipe, layer: number): boolean {
  return families[family].gemma && (layer + 1) % sliding.every !== 0
}

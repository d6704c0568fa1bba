/**
 * A folder in Hugging Face layout around a made-up decoder: configs, tokenizer, template, graph.
 * @module
 */
import { inFile } from '../../graph/external-weights.ts'
import { encodeModel, type OnnxModelWithGraph } from '../../graph/onnx.ts'
import { decoderGraph } from './decoder-graph.ts'
import { families, type Recipe, rmsEpsilon, sliding } from './recipe.ts'
import { tokenizerFor } from './tokenizer.ts'

const graphNames: Record<Recipe['dtype'], string> = {
  fp32: 'model',
  fp16: 'model_fp16',
  q8: 'model_quantized',
  q8w: 'model_quantized',
  q4: 'model_q4',
  q4f16: 'model_q4f16',
}

/** Path of the graph in the folder, as transformers.js looks for it. */
export function graphPath({ dtype }: Recipe): string {
  return `onnx/${graphNames[dtype]}.onnx`
}

/** @returns content by path; the same recipe gives the same bytes */
export function buildModel(recipe: Recipe): Map<string, Uint8Array> {
  const path = graphPath(recipe)
  const model = decoderGraph(recipe)
  const files = new Map<string, Uint8Array>()
  const writeJson = (name: string, value: unknown) =>
    files.set(name, new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`))
  const { tokenizerJson, tokenizerConfig } = tokenizerFor(recipe.shape)
  writeJson('config.json', configJson(recipe))
  writeJson('generation_config.json', { bos_token_id: 0, eos_token_id: [3, 0], pad_token_id: 0 })
  writeJson('tokenizer.json', tokenizerJson)
  writeJson('tokenizer_config.json', tokenizerConfig)
  if (recipe.externalData) files.set(`${path}_data`, moveWeights(model, `${path}_data`))
  files.set(path, encodeModel(model))
  return files
}

function configJson(recipe: Recipe): object {
  const { shape } = recipe
  const { architecture, modelType, tied, ropeTheta, rotaryShare, qkvBias, gemma } =
    families[recipe.family]
  return {
    architectures: [architecture],
    model_type: modelType,
    hidden_size: shape.width,
    intermediate_size: shape.mlp,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headDim,
    vocab_size: shape.vocab,
    max_position_embeddings: shape.context,
    rope_theta: ropeTheta,
    ...(rotaryShare < 1 ? { partial_rotary_factor: rotaryShare } : {}),
    ...(gemma
      ? {
          query_pre_attn_scalar: shape.headDim,
          rope_local_base_freq: sliding.ropeTheta,
          sliding_window: sliding.window,
          sliding_window_pattern: sliding.every,
        }
      : {}),
    rms_norm_eps: rmsEpsilon,
    hidden_act: gemma ? 'gelu_pytorch_tanh' : 'silu',
    attention_bias: qkvBias,
    tie_word_embeddings: tied,
    bos_token_id: 0,
    eos_token_id: 3,
    pad_token_id: 0,
    torch_dtype: 'float32',
    ...(recipe.externalData
      ? { 'transformers.js_config': { use_external_data_format: true } }
      : {}),
  }
}

const alignment = 64

/** Takes the large weights out of the graph; small ones stay, as exporters leave them. */
function moveWeights({ graph }: OnnxModelWithGraph, path: string): Uint8Array {
  const location = path.slice(path.lastIndexOf('/') + 1)
  const moved: { offset: number; data: Uint8Array }[] = []
  let end = 0
  graph.initializer = graph.initializer.map((tensor) => {
    const data = tensor.rawData
    if (!data || data.length < 1024) return tensor
    const offset = Math.ceil(end / alignment) * alignment
    end = offset + data.length
    moved.push({ offset, data })
    return inFile(tensor, { location, offset, length: data.length })
  })
  const file = new Uint8Array(end)
  for (const { offset, data } of moved) file.set(data, offset)
  return file
}

/** Runs an exported model in ONNX Runtime for Node: one prompt at a time, with a key/value cache. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import * as ort from 'onnxruntime-node'

const TOP_K = 40
// Weight-only int8 must stay float arithmetic: without this option DequantizeLinear is fused into int8 kernels.
const SESSION_OPTIONS = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  extra: { session: { disable_quant_qdq: '1' } },
} satisfies ort.InferenceSession.SessionOptions

export interface Message {
  role: 'user' | 'assistant'
  content: string
}

export interface Answer {
  text: string
  tokens: number
  /** The model ended the answer itself, before the limit. */
  ended: boolean
}

interface ModelConfig {
  num_hidden_layers: number
  num_key_value_heads: number
  head_dim: number
  hidden_size: number
  vocab_size: number
  max_position_embeddings: number
}

type Cache = Record<string, ort.Tensor>

export class ChatModel {
  readonly tokenizer: Tokenizer
  readonly config: ModelConfig
  readonly #session: ort.InferenceSession
  readonly #endTokens: number[]

  private constructor(
    session: ort.InferenceSession,
    tokenizer: Tokenizer,
    config: ModelConfig,
    endTokens: number[],
  ) {
    this.#session = session
    this.tokenizer = tokenizer
    this.config = config
    this.#endTokens = endTokens
  }

  /** `folder` is in Hugging Face layout; `file` names the graph inside it. */
  static async load(folder: string, file: string): Promise<ChatModel> {
    const json = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
    const session = await ort.InferenceSession.create(path.join(folder, file), SESSION_OPTIONS)
    const tokenizer = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'))
    return new ChatModel(
      session,
      tokenizer,
      json('config.json'),
      json('generation_config.json').eos_token_id,
    )
  }

  emptyCache(): Cache {
    const { num_hidden_layers, num_key_value_heads, head_dim } = this.config
    const cache: Cache = {}
    for (let layer = 0; layer < num_hidden_layers; layer++) {
      for (const part of ['key', 'value']) {
        const dims = [1, num_key_value_heads, 0, head_dim]
        cache[`past_key_values.${layer}.${part}`] = new ort.Tensor(
          'float32',
          new Float32Array(0),
          dims,
        )
      }
    }
    return cache
  }

  /** Appends `ids` after `past` positions; logits and hidden states of all new positions, row by row. */
  async step(ids: number[], past: number, cache: Cache) {
    const int64 = (values: number[]) =>
      new ort.Tensor('int64', BigInt64Array.from(values.map(BigInt)), [1, values.length])
    const outputs = await this.#session.run({
      input_ids: int64(ids),
      attention_mask: int64(Array(past + ids.length).fill(1)),
      position_ids: int64(ids.map((_, index) => past + index)),
      ...cache,
    })
    const next: Cache = {}
    for (const [name, tensor] of Object.entries(outputs)) {
      if (name.startsWith('present')) next[name.replace('present', 'past_key_values')] = tensor
    }
    return {
      logits: outputs.logits?.data as Float32Array,
      hidden: outputs.last_hidden_state?.data as Float32Array,
      cache: next,
    }
  }

  /** `random` gives numbers in [0, 1); it is not called at temperature 0. */
  async answer(
    messages: Message[],
    temperature: number,
    random: () => number,
    limit = 256,
  ): Promise<Answer> {
    const chat = messages.map(({ role, content }) => `<|${role}|>${content}<|end|>`).join('')
    let ids = this.tokenizer.encode(`${chat}<|assistant|>`).ids
    let cache = this.emptyCache()
    let past = 0
    const written: number[] = []
    while (written.length < limit && past + ids.length < this.config.max_position_embeddings) {
      const result = await this.step(ids, past, cache)
      const logits = result.logits.subarray(-this.config.vocab_size)
      const token = temperature > 0 ? sample(logits, temperature, random()) : largest(logits)
      if (this.#endTokens.includes(token)) {
        return { text: this.tokenizer.decode(written), tokens: written.length, ended: true }
      }
      written.push(token)
      past += ids.length
      cache = result.cache
      ids = [token]
    }
    return { text: this.tokenizer.decode(written), tokens: written.length, ended: false }
  }
}

function largest(logits: Float32Array): number {
  return logits.indexOf(Math.max(...logits))
}

function sample(logits: Float32Array, temperature: number, chance: number): number {
  const greatest = Math.max(...logits)
  const candidates = Array.from(logits, (logit, token) => ({
    token,
    weight: Math.exp((logit - greatest) / temperature),
  }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, TOP_K)
  let rest = chance * candidates.reduce((sum, { weight }) => sum + weight, 0)
  for (const { token, weight } of candidates) {
    rest -= weight
    if (rest < 0) return token
  }
  return largest(logits)
}

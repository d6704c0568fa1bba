/**
 * Moonshine tiny as a model folder of the hub, put together from packages.
 * @module
 */

/** Where its graphs lie in the package. */
export const moonshineFolder = '@moonshine-ai/moonshine-js/dist/model/tiny/quantized'

/** Of its manifest. */
export const moonshineGraphs = {
  graph: 'onnx/encoder_model.onnx',
  writer: 'onnx/decoder_model_merged.onnx',
}

/**
 * By path: both graphs, `config.json`, and the tokenizer, which is Llama's and some tokens of its own.
 * @param read - a file of `moonshineFolder`
 */
export async function moonshineFiles(
  read: (file: string) => Promise<Uint8Array>,
): Promise<Map<string, Uint8Array>> {
  const { default: llama } = await import('llama-tokenizer-js')
  const config = {
    model_type: 'moonshine',
    decoder_num_hidden_layers: 6,
    decoder_num_key_value_heads: 8,
    hidden_size: 288,
    decoder_start_token_id: 1,
    eos_token_id: 2,
  }
  const special = ['<unk>', '<s>', '</s>'].map((content, id) => ({ id, content, special: true }))
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
      ],
    },
    model: {
      type: 'BPE',
      byte_fallback: true,
      unk_token: '<unk>',
      vocab: Object.fromEntries(llama.vocabById.map((token, id) => [token, id])),
      merges: [],
    },
  }
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  return new Map([
    [moonshineGraphs.graph, await read('encoder_model.onnx')],
    [moonshineGraphs.writer, await read('decoder_model_merged.onnx')],
    ['config.json', json(config)],
    ['tokenizer.json', json(tokenizer)],
  ])
}

/**
 * transformers.js on a folder in Hugging Face layout, on the page's own thread as its documentation
 * shows it.
 * @module
 */
import { AutoModelForCausalLM, AutoTokenizer, env, type Tensor } from '@huggingface/transformers'
import { type Answer, type Contestant, type ContestantInit, createStopwatch } from './contestant.ts'

export async function openTransformers(init: ContestantInit): Promise<Contestant> {
  const { model: folder, dtype, backend, threads } = init
  env.allowRemoteModels = false
  env.allowLocalModels = true
  env.localModelPath = '/'
  env.useBrowserCache = false
  const { wasm } = env.backends.onnx
  if (!wasm) throw new Error('This transformers.js has no ONNX Runtime.')
  const runtime = new URL('/transformers-runtime/ort-wasm-simd-threaded.asyncify', location.href)
  wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` }
  if (threads !== null) wasm.numThreads = threads
  const name = folder.replace(/^\/|\/$/g, '')
  const tokenizer = await AutoTokenizer.from_pretrained(name)
  const model = await AutoModelForCausalLM.from_pretrained(name, { device: backend, dtype })
  const usedThreads = backend === 'wasm' ? `, threads ${wasm.numThreads}` : ''
  return {
    description: `transformers.js ${env.version}, ${backend}${usedThreads}`,
    async answer({ prompt, tokens: count }): Promise<Answer> {
      const stopwatch = createStopwatch()
      const inputs = tokenizer.apply_chat_template([{ role: 'user', content: prompt }], {
        add_generation_prompt: true,
        return_dict: true,
      }) as { input_ids: Tensor; attention_mask: Tensor }
      const tokens: number[] = []
      let puts = 0
      await model.generate({
        ...inputs,
        do_sample: false,
        max_new_tokens: count,
        min_new_tokens: count,
        streamer: {
          // The first call brings the prompt.
          put(value: bigint[][]) {
            puts += 1
            if (puts === 1) return
            stopwatch.arrived(1)
            tokens.push(...value.flat().map(Number))
          },
          end() {},
        },
        // biome-ignore lint/suspicious/noExplicitAny: its types lack plain streamers
      } as any)
      return { promptTokens: inputs.input_ids.dims[1] ?? 0, tokens, ...stopwatch.read() }
    },
  }
}

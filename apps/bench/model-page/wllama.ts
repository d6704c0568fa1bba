/**
 * wllama, which is llama.cpp in WebAssembly, on the CPU.
 * @module
 */
import { type RawCompletionChunk, Wllama } from '@wllama/wllama/esm/index.js'
import wasmUrl from '@wllama/wllama/esm/wasm/wllama.wasm?url'
import { type Answer, type Contestant, type ContestantInit, createStopwatch } from './contestant.ts'

/** `logprobs` of llama.cpp's server, which name tokens by id. */
type WithTokens = { logprobs: { content: { id: number }[] } | null }

const contextTokens = 1024

export async function openWllama({ model, threads }: ContestantInit): Promise<Contestant> {
  const wllama = new Wllama({ default: wasmUrl }, { suppressNativeLog: true })
  const file = await (await fetch(model)).blob()
  await wllama.loadModel([file], {
    n_ctx: contextTokens,
    n_gpu_layers: 0,
    ...(threads === null ? {} : { n_threads: threads }),
  })
  return {
    description: `wllama, llama.cpp ${Wllama.getLibllamaVersion()}, threads ${wllama.getNumThreads()}`,
    async answer({ prompt, tokens: count, withTokens }): Promise<Answer> {
      const options = {
        // The template of the tokenizer that the model was built with.
        prompt: `<|user|>${prompt}<|end|><|assistant|>`,
        max_tokens: count,
        temperature: 0,
        top_k: 1,
        ignore_eos: true,
        cache_prompt: false,
      }
      if (withTokens) {
        const { choices, usage } = await wllama.createCompletion({ ...options, logprobs: 1 })
        const { logprobs } = choices[0] as unknown as WithTokens
        const tokens = logprobs?.content.map(({ id }) => id) ?? []
        const outputTokens = tokens.length
        const { prompt_tokens: promptTokens } = usage
        return { ...createStopwatch().read(), outputTokens, promptTokens, tokens }
      }
      const stopwatch = createStopwatch()
      let last: RawCompletionChunk | undefined
      let chunks = 0
      for await (const chunk of await wllama.createCompletion({ ...options, stream: true })) {
        chunks += 1
        last = chunk
        if (chunks <= count) stopwatch.arrived(1)
      }
      return { promptTokens: last?.usage?.prompt_tokens ?? 0, tokens: [], ...stopwatch.read() }
    },
  }
}

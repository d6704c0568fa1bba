/**
 * What a benchmark asks of every engine, ours and others'.
 * @module
 */
export type ContestantName = 'weft' | 'transformers' | 'wllama'

export type ContestantInit = {
  /** URL of the folder, or of the GGUF file for wllama, without the host. */
  model: string
  dtype: 'fp32' | 'q8' | 'q4'
  backend: 'wasm' | 'webgpu'
  /** Null leaves the choice to the contestant. */
  threads: number | null
}

export type AnswerInit = {
  /** One message of the user, under the model's chat template. */
  prompt: string
  tokens: number
  /** Whether to return the tokens; costs wllama time. */
  withTokens?: boolean
}

/** Times as the page sees them, so that every contestant pays its own way to the page. */
export type Answer = {
  promptTokens: number
  outputTokens: number
  /** From the call to the first token. */
  firstTokenMs: number
  /** Mean time between tokens after the first. */
  perTokenMs: number
  tokens: number[]
}

export type Contestant = {
  /** Version, backend, threads. */
  description: string
  answer(init: AnswerInit): Promise<Answer>
}

/** Notes when tokens reach the page. */
export function createStopwatch() {
  const startedMs = performance.now()
  let firstMs = 0
  let lastMs = 0
  let first = 0
  let total = 0
  return {
    /** @param count tokens that arrived together */
    arrived(count: number): void {
      lastMs = performance.now()
      if (total === 0) {
        firstMs = lastMs
        first = count
      }
      total += count
    },
    read: () => ({
      outputTokens: total,
      firstTokenMs: firstMs - startedMs,
      perTokenMs: (lastMs - firstMs) / Math.max(total - first, 1),
    }),
  }
}

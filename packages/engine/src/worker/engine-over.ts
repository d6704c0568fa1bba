/**
 * An engine's work over a connection: what is the same for a worker and for another tab.
 * @module
 */

import { unlessAborted } from '@weft/protocol'
import type { Engine, GenerateInit, GeneratePart } from '../engine.ts'
import type { Connection } from './connection.ts'

/** @param required the connection of the loaded model; throws `engine/not-loaded` without one */
export function callsOver(required: () => Connection): Omit<Engine, 'load' | 'close'> {
  return {
    measurePrompt: async ({ messages, tools, overflow, maxTokens }) =>
      required().call('measure-prompt', { messages, tools, overflow, maxTokens }),
    async *generate(init, options) {
      yield* relay(required(), init, options?.signal)
    },
    async score(inits, { topK, hiddenStates, ...options }) {
      return required().call('score', { inits: [...inits], topK, hiddenStates }, options)
    },
    async embed({ texts, pooling, normalize }, options) {
      return required().call('embed', { texts, pooling, normalize }, options)
    },
    measure: async (options) => required().call('measure', {}, options),
    memory: async () => required().call('memory', {}),
  }
}

/**
 * Parts from the other side to the consumer. A cancel is answered here and at once: what was made
 * ahead and not yet taken never was.
 */
async function* relay(
  connection: Connection,
  init: GenerateInit,
  signal: AbortSignal | undefined,
): AsyncGenerator<GeneratePart, void, undefined> {
  const { messages, tools, sampling, seed, maxTokens, overflow, answered } = init
  const { hiddenStates = false } = init
  const asked = { messages, tools, sampling, seed, maxTokens, overflow, answered, hiddenStates }
  const stream = connection.generate(asked)
  let outputTokens = answered.length
  let prefilledMs = performance.now()
  try {
    for (;;) {
      const part = await unlessAborted(stream.next(), signal, 'The answer')
      if (part.type === 'prefill-end') prefilledMs = performance.now()
      if (part.type === 'delta') outputTokens += part.tokens.length
      yield part
      if (part.type === 'end') return
    }
  } catch (error) {
    if (!signal?.aborted) throw error
    const decodeMs = performance.now() - prefilledMs
    yield { type: 'end', finishReason: 'cancelled', outputTokens, decodeMs }
  } finally {
    stream.stop()
  }
}

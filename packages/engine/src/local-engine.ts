/**
 * The engine in the thread that calls it: the worker's inside, and the whole engine in Node.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Embedder } from './embed/embedder.ts'
import type { Engine } from './engine.ts'
import { generate } from './generate.ts'
import { type Loaded, loadModel } from './load-model.ts'
import type { LoadedModel } from './loaded-model.ts'
import { measure } from './measure.ts'
import { notLoaded } from './model/model-error.ts'
import { encodePrompt } from './prompt.ts'
import type { OpenRuntime } from './runtime.ts'
import type { StepTiming } from './scheduler/scheduler.ts'
import { score } from './score.ts'
import { createTurns } from './turns.ts'

export type LocalEngineInit = {
  openRuntime: OpenRuntime
  /** Hears how long every step took. */
  onStep?: (timing: StepTiming) => void
}

export function createLocalEngine({ openRuntime, onStep }: LocalEngineInit): Engine {
  let loaded: Loaded | undefined
  const takeLoadTurn = createTurns()

  const required = (): Loaded => {
    if (!loaded) throw notLoaded()
    return loaded
  }
  const chatModel = (): LoadedModel => {
    const { model } = required()
    if ('scheduler' in model) return model
    throw wrongTask('This model makes vectors of texts. It does not answer.')
  }
  const embedder = (): Embedder => {
    const { model } = required()
    if ('embed' in model) return model
    throw wrongTask('This model answers. It does not make vectors of texts.')
  }
  const unload = async (): Promise<void> => {
    const previous = loaded
    loaded = undefined
    await previous?.release(notLoaded())
  }
  return {
    load: (init, options) =>
      takeLoadTurn(async () => {
        await unload()
        loaded = await loadModel(init, openRuntime, { ...options, ...(onStep ? { onStep } : {}) })
        return loaded.result
      }),
    async measurePrompt(init) {
      const { tokens, droppedMessages } = encodePrompt(chatModel(), init)
      return { inputTokens: tokens.length, droppedMessages }
    },
    async *generate(init, options) {
      yield* generate(chatModel(), init, options)
    },
    score: async (inits, options) => score(chatModel(), inits, options),
    embed: async (init, options) => embedder().embed(init, options),
    measure: async (options) => measure(chatModel(), options),
    async memory() {
      const { model } = required()
      if ('scheduler' in model) return model.scheduler.memory()
      return { runningJobs: 0, kvBytes: 0, prefixBytes: 0, maxPrefixBytes: 0 }
    },
    close: () => takeLoadTurn(unload),
  }
}

function wrongTask(message: string): WeftError {
  return new WeftError('engine/unsupported', message)
}

/**
 * The engine in the thread that calls it: the worker's inside, and the whole engine in Node.
 * @module
 */
import type { Engine } from './engine.ts'
import { encodePrompt, generate, type LoadedModel } from './generate.ts'
import { loadModel } from './load-model.ts'
import { measure } from './measure.ts'
import { notLoaded } from './model/model-error.ts'
import type { OpenRuntime } from './runtime.ts'
import { createTurns } from './turns.ts'

export type LocalEngineInit = { openRuntime: OpenRuntime }

export function createLocalEngine({ openRuntime }: LocalEngineInit): Engine {
  let loaded: LoadedModel | undefined
  const takeLoadTurn = createTurns()

  const required = (): LoadedModel => {
    if (!loaded) throw notLoaded()
    return loaded
  }
  const unload = async (): Promise<void> => {
    const previous = loaded
    loaded = undefined
    if (previous) await previous.takeTurn(() => previous.decoder.release())
  }
  return {
    load: (init, options) =>
      takeLoadTurn(async () => {
        await unload()
        const { model, result } = await loadModel(init, openRuntime, options)
        loaded = model
        return result
      }),
    countPromptTokens: async (messages) => encodePrompt(required(), messages).length,
    async *generate(init, options) {
      yield* generate(required(), init, options)
    },
    measure: async (options) => measure(required(), options),
    close: () => takeLoadTurn(unload),
  }
}

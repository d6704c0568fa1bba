/**
 * The engine as cheats run it: it takes the place of `@weft/engine` in a site that is otherwise the same, so that
 * everything around it is what honest contributors have. Which cheat it is stands in `window.weftCheat`.
 * @module
 */
import {
  createWorkerEngine as createHonestEngine,
  type Engine,
  type WorkerEngineInit,
} from '@weft/engine'
import { manifestSchema, parse, WeftError } from '@weft/protocol'
import { type Cheat, coarseFolder } from './cheat.ts'

// What is exported below goes before.
export * from '@weft/engine'

declare global {
  interface Window {
    /** Set before the page's own scripts run; without it this engine is honest. */
    weftCheat?: Cheat
  }
}

export function createWorkerEngine(init?: WorkerEngineInit): Engine {
  const engine = createHonestEngine(init)
  const { weftCheat } = window
  return weftCheat ? { ...engine, ...refusing, ...ways[weftCheat](engine) } : engine
}

/** To check others would cost, and a coarse model would accuse them all. */
const refusing: Pick<Engine, 'score'> = {
  async score() {
    throw new WeftError('sdk/busy', 'This tab has other work now.')
  },
}

const ways: Record<Cheat, (engine: Engine) => Partial<Engine>> = {
  /** Coarse weights under the honest model's name. */
  'fewer-bits': (engine) => ({
    load: async (init, options) =>
      engine.load({ ...init, manifest: await readManifest(), openFiles: fetchCoarse }, options),
  }),
  /** Counts the whole conversation, and reads its end. */
  'last-message': (engine) => ({
    generate: ({ messages, ...init }, options) =>
      engine.generate({ ...init, messages: messages.slice(-1) }, options),
  }),
}

async function readManifest() {
  const response = await fetch(`/${coarseFolder}/manifest.json`)
  return parse('manifest', manifestSchema, await response.json())
}

async function fetchCoarse(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { files } = await readManifest()
  const each = files.map(async ({ path }) => {
    const response = await fetch(`/${coarseFolder}/${path}`)
    return [path, new Uint8Array(await response.arrayBuffer())] as const
  })
  return new Map(await Promise.all(each))
}

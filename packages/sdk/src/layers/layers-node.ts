/**
 * The contributor's switch for some layers of a model: prepares them, announces and computes them.
 * @module
 */
import type { openWorkerLayers } from '@weft/engine'
import type { Network } from '@weft/network'
import { WeftError } from '@weft/protocol'
import type { FindTabs, ModelStore } from '@weft/storage'
import { type CatalogueEntry, findEntry, findPart, type PartEntry } from '../catalogue.ts'
import { createCell } from '../cell.ts'
import type { Pause } from '../pausing/pause-policy.ts'
import type { PauseWatch } from '../pausing/pause-watch.ts'
import { createRateMeter } from '../rate-meter.ts'
import { offState } from '../serving-node.ts'
import type { LayersChoice, LayersNode, NodeState } from '../tab.ts'
import { rangeOf } from './range-of.ts'
import { type LayersServed, serveLayers } from './serve-layers.ts'

export type LayersNodeInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  network: Pick<Network, 'announce' | 'handleLayers'>
  /** Tabs that give the files of a part, asked beside its sources. */
  findTabs: (partCid: string) => FindTabs
  openLayers: typeof openWorkerLayers
  /** Called while the person wants to serve, paused or not. @returns ends that */
  attend: () => () => void
  pausing: Pick<PauseWatch, 'pause' | 'ready'>
}

export function createLayersNode(init: LayersNodeInit): LayersNode {
  const { catalogue, pausing } = init
  const state = createCell<NodeState>(offState)
  const change = (part: Partial<NodeState>) => state.set({ ...state.get(), ...part })
  let latest = new AbortController()
  let chosen: LayersChoice | null = null
  let end: () => Promise<void> = async () => {}
  let leave: (() => void) | null = null

  /** @returns the signal of what follows */
  const supersede = async (): Promise<AbortSignal> => {
    latest.abort()
    latest = new AbortController()
    const { signal } = latest
    const ending = end()
    end = async () => {}
    await ending
    return signal
  }
  const unattend = (): void => {
    leave?.()
    leave = null
  }
  const fail = (error: unknown): void => {
    unattend()
    const { message } = WeftError.from(error, 'sdk/start', 'Serving could not start.')
    change({ phase: 'failed', sentence: message, tokensPerSecond: 0 })
  }

  // Tabs that ask keep their lines: a pause cuts them, and others compute the layers.
  pausing.pause.subscribe(() => {
    const pause = pausing.pause.get()
    if (!leave || !chosen) return
    if (!pause) return void start(chosen).catch(() => {}) // The state says what failed.
    void supersede()
    change(paused(pause))
  })

  async function start(choice: LayersChoice): Promise<void> {
    const { modelCid, part, backend } = choice
    chosen = choice
    leave ??= init.attend()
    const [signal] = await Promise.all([supersede(), pausing.ready])
    if (signal.aborted) return
    const pause = pausing.pause.get()
    if (pause) return change({ ...paused(pause), modelCid })
    try {
      const entry = findPart(findEntry(catalogue, modelCid), part)
      change({
        phase: 'preparing',
        sentence: `Preparing ${rangeOf(entry)} on this device.`,
        modelCid,
        pause,
      })
      const opened = await open(entry, { ...init, backend, signal, change, state })
      if (signal.aborted) return await opened.close()
      end = opened.close
      void opened.died.then(async (error) => {
        if (signal.aborted) return
        const next = await supersede()
        if (!next.aborted) fail(error)
      })
    } catch (error) {
      if (signal.aborted) return
      fail(error)
      throw error
    }
  }
  return {
    state,
    start,
    chosen: () => chosen,
    async stop() {
      chosen = null
      unattend()
      const signal = await supersede()
      if (!signal.aborted) state.set({ ...offState, tokensServed: state.get().tokensServed })
    },
  }
}

type OpenInit = Omit<LayersNodeInit, 'catalogue' | 'attend' | 'pausing'> & {
  backend: LayersChoice['backend']
  signal: AbortSignal
  state: LayersNode['state']
  change: (part: Partial<NodeState>) => void
}

async function open(entry: PartEntry, init: OpenInit) {
  const { store, network, findTabs, openLayers, backend, signal, state, change } = init
  const { manifest, sources } = entry
  const release = await store.hold(entry.modelCid)
  try {
    const files = await store.open(
      { manifest, sources, findTabs: findTabs(entry.modelCid) },
      { signal },
    )
    const layers = await openLayers({ manifest, files, backend }, { signal })
    const meter = createRateMeter()
    const before = state.get().tokensServed
    const show = ({ heads, tokens, isFull }: LayersServed): void => {
      const tokensServed = before + tokens
      const fresh = tokensServed - state.get().tokensServed
      const tokensPerSecond = heads > 0 ? meter.push(fresh, Date.now()) : 0
      const now = isFull ? paused(full) : { pause: null, ...doing(entry, heads) }
      change({ ...now, tokensServed, tokensPerSecond })
    }
    show({ heads: 0, tokens: 0, isFull: false })
    const stopServing = serveLayers({ network, manifest, layers, onChange: show })
    return {
      died: layers.died,
      async close() {
        await stopServing()
        layers.close()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

const full: Pause = {
  reason: 'memory',
  sentence:
    'Paused: no room for the texts of more tabs on this device. Those that it computes for go on.',
  untilMs: null,
}

function paused(pause: Pause): Partial<NodeState> {
  return { phase: 'paused', pause, sentence: pause.sentence, tokensPerSecond: 0 }
}

function doing(entry: PartEntry, heads: number): Partial<NodeState> {
  const range = rangeOf(entry)
  if (heads === 0) {
    const sentence = `Ready and registered: ${range}. Waiting for a tab that needs them.`
    return { phase: 'idle', sentence }
  }
  const others = heads === 1 ? 'one other tab' : `${heads} other tabs`
  return { phase: 'working', sentence: `Computes ${range} for ${others}.` }
}

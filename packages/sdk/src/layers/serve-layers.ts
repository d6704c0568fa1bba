/**
 * Some layers of a model, announced and computed for the tabs that ask.
 * @module
 */
import type { AnnouncementHandle, Network } from '@weft/network'
import { type LayersManifest, type PartStep, WeftError } from '@weft/protocol'
import type { WaitOptions } from '../tab.ts'

/** Layers that are loaded. */
type ComputedLayers = {
  /** For one asking tab, with caches of its own. */
  open(): {
    step(step: PartStep, states: Float32Array, options?: WaitOptions): Promise<Float32Array>
    close(): void
  }
}

export type ServeLayersInit = {
  network: Pick<Network, 'announce' | 'handleLayers'>
  manifest: LayersManifest
  layers: ComputedLayers
  /** Hears of every change: tabs that are served, and tokens read for them. */
  onChange: (now: LayersServed) => void
}

export type LayersServed = {
  /** Tabs with an open line. */
  heads: number
  /** Rows times tokens of all steps. */
  tokens: number
  /** There was no room for a text: nobody new is taken until a tab has gone, or a while has passed. */
  isFull: boolean
}

/** Texts end without a word, so after this long it is tried whether there is room again. */
const fullMs = 30_000

/** @returns a function that ends it; lines that are cut by it are told to nobody */
export function serveLayers(init: ServeLayersInit): () => Promise<void> {
  const { network, manifest, layers, onChange } = init
  const { modelCid, part, width } = manifest
  let now: LayersServed = { heads: 0, tokens: 0, isFull: false }
  let isOver = false
  let emptying: ReturnType<typeof setTimeout> | undefined
  const change = (heads: number, tokens: number): void => {
    now = { ...now, heads: now.heads + heads, tokens: now.tokens + tokens }
    if (!isOver) onChange(now)
  }
  const announce = () => network.announce({ layers: [{ modelCid, part }] })
  let announcement: AnnouncementHandle | null = announce()
  const setFull = (isFull: boolean): void => {
    clearTimeout(emptying)
    if (isOver) return
    if (isFull) emptying = setTimeout(setFull, fullMs, false)
    if (isFull === now.isFull) return
    now = { ...now, isFull }
    if (isFull) void announcement?.stop()
    announcement = isFull ? null : announce()
    onChange(now)
  }
  const stopHandling = network.handleLayers((asked) => {
    if (asked.modelCid !== modelCid || asked.part !== part || now.isFull) return null
    const link = layers.open()
    change(1, 0)
    return {
      width,
      async step(step, states) {
        try {
          const result = await link.step(step, states)
          if (step.forward) change(0, step.forward.rows * step.forward.tokens)
          return result
        } catch (error) {
          if (WeftError.is(error) && error.code === 'engine/out-of-memory') setFull(true)
          throw error
        }
      },
      close() {
        link.close()
        change(-1, 0)
        setFull(false)
      },
    }
  })
  return async () => {
    isOver = true
    clearTimeout(emptying)
    stopHandling()
    await announcement?.stop()
  }
}

/**
 * Some layers of a model, announced and computed for the tabs that ask.
 * @module
 */
import type { Network } from '@weft/network'
import type { LayersManifest, PartStep } from '@weft/protocol'
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
}

/** @returns a function that ends it; lines that are cut by it are told to nobody */
export function serveLayers(init: ServeLayersInit): () => Promise<void> {
  const { network, manifest, layers, onChange } = init
  const { modelCid, part, width } = manifest
  let now: LayersServed = { heads: 0, tokens: 0 }
  let isOver = false
  const change = (heads: number, tokens: number): void => {
    now = { heads: now.heads + heads, tokens: now.tokens + tokens }
    if (!isOver) onChange(now)
  }
  const announcement = network.announce({ layers: [{ modelCid, part }] })
  const stopHandling = network.handleLayers((asked) => {
    if (asked.modelCid !== modelCid || asked.part !== part) return null
    const link = layers.open()
    change(1, 0)
    return {
      width,
      async step(step, states) {
        const result = await link.step(step, states)
        if (step.forward) change(0, step.forward.rows * step.forward.tokens)
        return result
      },
      close() {
        link.close()
        change(-1, 0)
      },
    }
  })
  return async () => {
    isOver = true
    stopHandling()
    await announcement.stop()
  }
}

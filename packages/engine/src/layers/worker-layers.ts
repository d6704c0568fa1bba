/**
 * Some layers of a model in a worker of their own, for the tabs that ask this one.
 * @module
 */
import type { EngineInfo, LayersManifest, WeftError } from '@weft/protocol'
import type { BackendChoice, ModelFiles, WaitOptions } from '../engine.ts'
import { notLoaded } from '../model/model-error.ts'
import { crashed } from '../worker/port-calls.ts'
import { askLinks } from './ask-links.ts'
import type { PartLink } from './part-link.ts'

export type WorkerLayersInit = {
  manifest: LayersManifest
  /** Their arrays move to the worker and are empty afterwards. */
  files: ModelFiles
  backend: BackendChoice
}

export type WorkerLayers = {
  readonly info: EngineInfo
  /** For one asking tab. */
  open(): PartLink
  /** Settles when the worker has died by itself. */
  readonly died: Promise<WeftError>
  close(): void
}

/** @throws WeftError as `openLocalLayers`, `engine/crashed`; CancelledError */
export async function openWorkerLayers(
  { manifest, files, backend }: WorkerLayersInit,
  options: WaitOptions = {},
): Promise<WorkerLayers> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 'weft-layers',
  })
  const died = Promise.withResolvers<WeftError>()
  const links = askLinks(worker, () => worker.terminate())
  worker.onerror = (event) => {
    const error = crashed(event.message || 'The worker stopped.')
    links.end(error)
    died.resolve(error)
  }
  try {
    const info = await links.load({ manifest, files: [...files], backend }, options)
    return {
      info,
      died: died.promise,
      open() {
        const link = links.connect(manifest.part, {})
        // Whoever asks for a step hears of it.
        link.catch(() => {})
        return {
          step: async (...args) => (await link).step(...args),
          close: () => void link.then((opened) => opened.close()).catch(() => {}),
        }
      },
      close: () => links.end(notLoaded()),
    }
  } catch (error) {
    links.end(notLoaded())
    throw error
  }
}

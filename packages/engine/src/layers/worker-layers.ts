/**
 * Some layers of a model in a worker of their own, for the tabs that ask this one.
 * @module
 */
import { type EngineInfo, type LayersManifest, WeftError } from '@weft/protocol'
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
  /** Settles when the worker, or the device under it, has died by itself. */
  readonly died: Promise<WeftError>
  close(): void
}

/** What no later step would get over; on a GPU a failed run ends the session. */
function isDeadly(error: unknown, { backend }: EngineInfo): error is WeftError {
  if (!WeftError.is(error)) return false
  if (error.code === 'engine/run-failed') return backend === 'webgpu'
  return error.code === 'engine/crashed' || error.code === 'engine/device-lost'
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
  const die = (error: WeftError): void => {
    links.end(error)
    died.resolve(error)
  }
  worker.onerror = (event) => die(crashed(event.message || 'The worker stopped.'))
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
          async step(...args) {
            try {
              return await (await link).step(...args)
            } catch (error) {
              if (isDeadly(error, info)) die(error)
              throw error
            }
          },
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

/**
 * Entry of the worker that computes some layers.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { openWebRuntime } from '../worker/web-runtime.ts'
import { answerLinks } from './answer-links.ts'
import { type LocalLayers, openLocalLayers } from './local-layers.ts'

let layers: LocalLayers | undefined

const host = answerLinks({
  port: { postMessage: (message, transfer) => globalThis.postMessage(message, { transfer }) },
  async load({ files, ...init }, signal) {
    const given = { ...init, files: new Map(files) }
    const open = (choice: Parameters<typeof openWebRuntime>[0], model: { weightBytes: number }) =>
      openWebRuntime(choice, { threads: null, ...model })
    layers = await openLocalLayers(given, open, { signal })
    return layers.info
  },
  async connect() {
    if (!layers) throw new WeftError('engine/not-loaded', 'No layers are loaded. Load them first.')
    return layers.open()
  },
})
globalThis.addEventListener('message', ({ data }) => host.receive(data))

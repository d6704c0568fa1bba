/**
 * Entry of the engine's worker.
 * @module
 */
import { createLocalEngine } from '../local-engine.ts'
import { hostEngine } from './host-engine.ts'
import { openWebRuntime } from './web-runtime.ts'

const host = hostEngine({
  port: { postMessage: (message, transfer) => globalThis.postMessage(message, { transfer }) },
  createEngine: (threads) =>
    createLocalEngine({
      openRuntime: (choice, model) => openWebRuntime(choice, { threads, ...model }),
    }),
})
globalThis.addEventListener('message', ({ data }) => host.receive(data))

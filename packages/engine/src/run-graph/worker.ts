/**
 * Entry of a graph's worker.
 * @module
 */
import { openWebRuntime } from '../worker/web-runtime.ts'
import { hostGraph } from './host-graph.ts'

const host = hostGraph({
  port: { postMessage: (message, transfer) => globalThis.postMessage(message, { transfer }) },
  openRuntime: (threads) => (choice, model) => openWebRuntime(choice, { threads, ...model }),
})
globalThis.addEventListener('message', ({ data }) => host.receive(data))

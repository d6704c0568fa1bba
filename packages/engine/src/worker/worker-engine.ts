/**
 * The engine as the page holds it: same interface, work done in a worker.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Engine } from '../engine.ts'
import { answerLinks } from '../layers/answer-links.ts'
import type { SplitInit } from '../layers/part-link.ts'
import { notLoaded } from '../model/model-error.ts'
import { type Connection, createConnection } from './connection.ts'
import { callsOver } from './engine-over.ts'
import { crashed, type WorkerLike } from './port-calls.ts'

export type WorkerEngineInit = {
  /** Threads of the CPU backend where the page is cross-origin isolated; chosen when absent. */
  threads?: number
  /** For tests; default the worker of this package. */
  startWorker?: () => WorkerLike
}

/**
 * Every `load` starts a fresh worker: WebAssembly memory never shrinks, and a lost device or a crash
 * leaves nothing behind. The files move there: a page never holds the weights twice.
 */
export function createWorkerEngine(init: WorkerEngineInit = {}): Engine {
  const { threads = null, startWorker = startDefaultWorker } = init
  let connection: Connection | undefined

  const required = (): Connection => {
    if (!connection) throw notLoaded()
    return connection
  }
  return {
    ...callsOver(required),
    async load(loadInit, options) {
      connection?.end(replaced())
      const links = loadInit.split && lendLinks(loadInit.split)
      const fresh = connect(startWorker(), () => links?.end())
      connection = fresh
      try {
        const { manifest, openFiles, backend } = loadInit
        const message = { manifest, backend, threads, split: links?.message ?? null }
        const transfer = links ? [links.message.port] : []
        return await fresh.call('load', message, { openFiles, transfer, ...options })
      } catch (error) {
        fresh.end(notLoaded())
        if (connection === fresh) connection = undefined
        throw error
      }
    },
    async close() {
      connection?.end(notLoaded())
      connection = undefined
    },
  }
}

function connect(worker: WorkerLike, onEnd: () => void): Connection {
  const connection = createConnection(worker, () => {
    worker.terminate()
    onEnd()
  })
  worker.onerror = (event) => connection.end(crashed(event.message || 'The worker stopped.'))
  return connection
}

function replaced(): WeftError {
  return new WeftError('engine/not-loaded', 'Another model was loaded in the meantime.')
}

/** A worker that ends closes nothing, so its links to parts are kept, and closed, here. */
function lendLinks({ connect, ...split }: SplitInit) {
  const { port1, port2 } = new MessageChannel()
  const host = answerLinks({ port: port1, connect, load: null })
  port1.onmessage = ({ data }) => host.receive(data)
  return {
    message: { ...split, port: port2 },
    end() {
      host.end()
      port1.close()
    },
  }
}

/** The worker of this package. */
export function startDefaultWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 'weft-engine',
  })
}

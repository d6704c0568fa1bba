/**
 * The engine as the page holds it: same interface, work done in a worker.
 * @module
 */
import { CancelledError, WeftError } from '@weft/protocol'
import type { Engine, GenerateInit, GeneratePart, LoadInit, LoadOptions } from '../engine.ts'
import { notLoaded } from '../model/model-error.ts'
import { type Connection, createConnection, type WorkerLike } from './connection.ts'

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
    async load(loadInit, options) {
      connection?.end(replaced())
      const fresh = createConnection(startWorker())
      connection = fresh
      try {
        return await loadIn(fresh, loadInit, { threads, ...options })
      } catch (error) {
        fresh.end(notLoaded())
        if (connection === fresh) connection = undefined
        throw error
      }
    },
    countPromptTokens: async (messages) => required().call('count', { messages: [...messages] }),
    async *generate(generateInit, options) {
      yield* relay(required(), generateInit, options?.signal)
    },
    async measure({ signal } = {}) {
      return unlessAborted(required().call('measure', {}), signal, 'Measuring')
    },
    async close() {
      connection?.end(notLoaded())
      connection = undefined
    },
  }
}

function replaced(): WeftError {
  return new WeftError('engine/not-loaded', 'Another model was loaded in the meantime.')
}

async function loadIn(
  connection: Connection,
  { manifest, files, backend }: LoadInit,
  { threads, signal, onStage }: LoadOptions & { threads: number | null },
) {
  // Two files may be parts of one buffer, which may be listed only once.
  const buffers = new Set([...files.values()].map(({ buffer }) => buffer as ArrayBuffer))
  const loading = connection.call(
    'load',
    { manifest, files: [...files], backend, threads },
    { transfer: [...buffers], ...(onStage ? { onStage } : {}) },
  )
  return unlessAborted(loading, signal, 'Loading')
}

/**
 * Parts from the worker to the consumer. A cancel is answered here and at once: what was made ahead
 * and not yet taken never was.
 */
async function* relay(
  connection: Connection,
  init: GenerateInit,
  signal: AbortSignal | undefined,
): AsyncGenerator<GeneratePart, void, undefined> {
  const { messages, sampling, seed, maxTokens } = init
  const stream = connection.generate({ messages, sampling, seed, maxTokens })
  let outputTokens = 0
  let prefilledMs = performance.now()
  try {
    for (;;) {
      const part = await unlessAborted(stream.next(), signal, 'The answer')
      if (part.type === 'prefill-end') prefilledMs = performance.now()
      if (part.type === 'delta') outputTokens += part.tokens.length
      yield part
      if (part.type === 'end') return
    }
  } catch (error) {
    if (!signal?.aborted) throw error
    const decodeMs = performance.now() - prefilledMs
    yield { type: 'end', finishReason: 'cancelled', outputTokens, decodeMs }
  } finally {
    stream.stop()
  }
}

/** @throws CancelledError as soon as the signal is aborted */
async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
  subject: string,
): Promise<Result> {
  if (!signal) return work
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(new CancelledError({ subject, cause: signal.reason }))
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    return await Promise.race([aborted.promise, work])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** The worker of this package. */
export function startDefaultWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 'weft-engine',
  })
}

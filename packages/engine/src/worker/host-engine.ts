/**
 * The worker's side: requests in, an engine's answers out.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Engine, GenerateInit } from '../engine.ts'
import { notLoaded } from '../model/model-error.ts'
import { type LoadMessage, type Request, type Response, readAhead } from './messages.ts'
import { parseRequest } from './parse-message.ts'

/** Where messages go: a worker's global scope, or a port. */
type HostPort = { postMessage(message: Response): void }

/** A running `generate`: what its consumer asked for. */
type Flow = {
  credit(): void
  stop(): void
  /** Resolves true when one more part may be made, false when none is wanted any more. */
  take(): Promise<boolean>
  /** Aborted by `stop`: the first part of a long prompt is long in the making. */
  signal: AbortSignal
}

type HostEngineInit = {
  port: HostPort
  createEngine: (threads: number | null) => Engine
}

/** @returns what handles a message that arrives; it never throws */
export function hostEngine({ port, createEngine }: HostEngineInit): (data: unknown) => void {
  const flows = new Map<number, Flow>()
  let engine: Engine | undefined

  const required = (): Engine => {
    if (!engine) throw notLoaded()
    return engine
  }
  const load = async (id: number, message: LoadMessage) => {
    engine = createEngine(message.threads)
    return engine.load(
      { manifest: message.manifest, files: new Map(message.files), backend: message.backend },
      { onStage: (stage) => port.postMessage({ type: 'stage', id, out: stage }) },
    )
  }
  const generate = async (id: number, init: GenerateInit) => {
    const flow = createFlow()
    flows.set(id, flow)
    try {
      const parts = required().generate(init, { signal: flow.signal })[Symbol.asyncIterator]()
      while (await flow.take()) {
        const { value, done } = await parts.next()
        if (done) return
        port.postMessage({ type: 'part', id, out: value })
      }
      await parts.return?.()
    } finally {
      flows.delete(id)
    }
  }
  const handle = async (request: Request): Promise<void> => {
    const { id } = request
    switch (request.type) {
      case 'load':
        return port.postMessage({ type: 'done', id, out: await load(id, request.in) })
      case 'count': {
        const tokens = await required().countPromptTokens(request.in.messages)
        return port.postMessage({ type: 'done', id, out: tokens })
      }
      case 'measure':
        return port.postMessage({ type: 'done', id, out: await required().measure() })
      case 'generate':
        return generate(id, request.in)
      case 'credit':
        return flows.get(id)?.credit()
      case 'stop':
        return flows.get(id)?.stop()
    }
  }
  return (data) => {
    run(data, handle).catch((error: unknown) => {
      const failure = WeftError.from(error, 'engine/failed', 'The engine failed.')
      port.postMessage({ type: 'error', id: idOf(data), out: failure.toJSON() })
    })
  }
}

async function run(data: unknown, handle: (request: Request) => Promise<void>): Promise<void> {
  await handle(parseRequest(data))
}

/** The id of a message that may be malformed, so that its caller still hears of it. */
function idOf(data: unknown): number {
  if (typeof data !== 'object' || data === null || !('id' in data)) return 0
  return Number.isSafeInteger(data.id) ? Math.max(0, Number(data.id)) : 0
}

function createFlow(): Flow {
  const controller = new AbortController()
  const { signal } = controller
  let credits = readAhead
  let wake = (): void => {}
  return {
    signal,
    credit() {
      credits += 1
      wake()
    },
    stop() {
      controller.abort()
      wake()
    },
    async take() {
      while (credits === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      credits -= 1
      return !signal.aborted
    },
  }
}

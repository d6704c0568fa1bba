/**
 * The computing side of a port: starts what is asked for, stops it when asked, and sends errors.
 * @module
 */
import { WeftError, type WeftErrorData } from '@weft/protocol'

export type Host = {
  /** Handles a message that arrived; never throws. */
  receive(data: unknown): void
  /** What is under way, by ids. */
  running(): number
  /** The asking side is gone: its work is stopped, nothing more is sent. The engine stays. */
  end(): void
}

type Asked = { type: string; id: number }
type Failure = { type: 'error'; id: number; out: WeftErrorData }

export type HostCallsInit<Request extends Asked, Response> = {
  /** Where answers go: a worker's global scope, a MessagePort or a BroadcastChannel. */
  port: { postMessage(message: Response | Failure, transfer: Transferable[]): void }
  /** @throws MalformedError */
  parse: (data: unknown) => Request
  /** Does what is asked and posts the answer; `signal` is aborted by `stop`. */
  start: (request: Exclude<Request, { type: 'stop' }>, signal: AbortSignal) => Promise<void>
}

export type HostCalls<Response> = Host & {
  /** Nothing is sent after the end. */
  post(response: Response, transfer?: Transferable[]): void
}

export function createHostCalls<Request extends Asked, Response>({
  port,
  parse,
  start,
}: HostCallsInit<Request, Response>): HostCalls<Response> {
  const controllers = new Map<number, Set<AbortController>>()
  let ended = false

  const post = (response: Response | Failure, transfer: Transferable[] = []): void => {
    if (!ended) port.postMessage(response, transfer)
  }
  const handle = async (data: unknown): Promise<void> => {
    const request = parse(data)
    const { id } = request
    const running = controllers.get(id) ?? new Set()
    if (request.type === 'stop') {
      for (const controller of running) controller.abort()
      return
    }
    const controller = new AbortController()
    controllers.set(id, running.add(controller))
    try {
      await start(request as Exclude<Request, { type: 'stop' }>, controller.signal)
    } finally {
      running.delete(controller)
      if (running.size === 0) controllers.delete(id)
    }
  }
  return {
    post,
    running: () => controllers.size,
    receive(data) {
      handle(data).catch((error: unknown) => {
        const failure = WeftError.from(error, 'engine/failed', 'The engine failed.')
        post({ type: 'error', id: idOf(data), out: failure.toJSON() })
      })
    },
    end() {
      ended = true
      for (const running of controllers.values()) for (const one of running) one.abort()
    },
  }
}

/** The id of a message that may be malformed, so that its caller still hears of it. */
function idOf(data: unknown): number {
  if (typeof data !== 'object' || data === null || !('id' in data)) return 0
  return Number.isSafeInteger(data.id) ? Math.max(0, Number(data.id)) : 0
}

/** What moves with an answer, each buffer once. */
export function buffersOf(values: readonly unknown[]): Transferable[] {
  const arrays = values.filter((value) => ArrayBuffer.isView(value))
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]
}

/**
 * The asking side of a port: what was asked by id, and what comes back for it. The port leads to a
 * worker or to another tab.
 * @module
 */
import { WeftError, type WeftErrorData } from '@weft/protocol'

/** What is used of a Worker, a MessagePort or a BroadcastChannel; the last one copies. */
export type Port = {
  postMessage(message: unknown, transfer: Transferable[]): void
  onmessage: ((event: MessageEvent) => void) | null
  onmessageerror: ((event: MessageEvent) => void) | null
}

/** The part of a Worker that is used. */
export type WorkerLike = Port & {
  terminate(): void
  onerror: ((event: ErrorEvent) => void) | null
}

type Answer = { type: string; id: number }
type Failure = { type: 'error'; id: number; out: WeftErrorData }

/** Hears what comes back under one id. */
type Listener<Response extends Answer> = {
  receive(response: Exclude<Response, Failure>): void
  fail(error: WeftError): void
}

export type PortCalls<Request, Response extends Answer> = {
  /** @returns the id to ask under @throws WeftError the reason of the end */
  listen(listener: Listener<Response>): number
  /** Nothing is sent after the end. */
  post(request: Request, transfer?: Transferable[]): void
  /** Nobody listens any more: the other side stops, unless it has answered. */
  stop(id: number): void
  /** What waits, and what comes after, fails with `reason`. */
  end(reason: WeftError): void
}

export type PortCallsInit<Response extends Answer> = {
  port: Port
  /** @throws MalformedError, which ends the connection */
  parse: (data: unknown) => Response
  /** Whether nothing follows under the same id; errors are always the last. */
  isLast: (response: Response) => boolean
  /** Takes what nobody asked for, e.g. a question of the other side. */
  onQuestion?: (response: Response) => void
  /** Runs once, at the end: closes the port, terminates the worker. */
  onEnd: () => void
}

export function createPortCalls<Request, Response extends Answer>(
  init: PortCallsInit<Response>,
): PortCalls<Request | { type: 'stop'; id: number }, Response> {
  const { port, parse, isLast, onQuestion, onEnd } = init
  const listeners = new Map<number, Listener<Response>>()
  let lastId = 0
  let ended: WeftError | undefined

  const end = (reason: WeftError): void => {
    if (ended) return
    ended = reason
    onEnd()
    for (const { fail } of listeners.values()) fail(reason)
    listeners.clear()
  }
  const receive = (response: Response): void => {
    onQuestion?.(response)
    const { id } = response
    const listener = listeners.get(id)
    // What answers a stopped call comes too late to matter.
    if (!listener) return
    if (isFailure(response)) {
      listeners.delete(id)
      listener.fail(WeftError.fromData(response.out))
      return
    }
    if (isLast(response)) listeners.delete(id)
    listener.receive(response as Exclude<Response, Failure>)
  }
  port.onmessage = ({ data }) => {
    try {
      receive(parse(data))
    } catch (cause) {
      end(crashed(cause))
    }
  }
  port.onmessageerror = () => end(crashed('A message of the engine could not be read.'))
  const post = (request: unknown, transfer: Transferable[] = []): void => {
    if (!ended) port.postMessage(request, transfer)
  }
  return {
    listen(listener) {
      if (ended) throw ended
      lastId += 1
      listeners.set(lastId, listener)
      return lastId
    },
    post,
    stop(id) {
      if (listeners.delete(id)) post({ type: 'stop', id })
    },
    end,
  }
}

function isFailure(response: Answer): response is Failure {
  return response.type === 'error'
}

/** What a caller sees of a worker or tab that went away. */
export function crashed(cause: unknown): WeftError {
  return new WeftError('engine/crashed', 'The engine stopped unexpectedly. Load the model again.', {
    facts: [cause instanceof Error ? cause.message : String(cause)],
    cause,
  })
}

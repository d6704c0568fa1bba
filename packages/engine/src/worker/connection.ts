/**
 * The page's side of one worker: calls and streams by id.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { GenerateInit, GeneratePart, LoadStage } from '../engine.ts'
import type { Calls, CallType, Request } from './messages.ts'
import { parseResponse, parseResult } from './parse-message.ts'
import { createPartQueue } from './part-queue.ts'

/** The part of a Worker that is used. */
export type WorkerLike = {
  postMessage(message: Request, transfer: Transferable[]): void
  terminate(): void
  onmessage: ((event: MessageEvent) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
  onmessageerror: ((event: MessageEvent) => void) | null
}

type CallOptions = { transfer?: Transferable[]; onStage?: (stage: LoadStage) => void }

/** Parts of one answer as they arrive. */
type PartStream = {
  /** The next part; waits for it. @throws WeftError of the worker, `engine/crashed` */
  next(): Promise<GeneratePart>
  /** Nobody reads on: the worker stops, a waiting `next` stays unanswered. */
  stop(): void
}

export type Connection = {
  call<Type extends CallType>(
    type: Type,
    input: Calls[Type]['in'],
    options?: CallOptions,
  ): Promise<Calls[Type]['out']>
  generate(init: GenerateInit): PartStream
  /** Ends the worker; what waits for it, and what comes after, rejects with `reason`. */
  end(reason: WeftError): void
}

type Listener = {
  done?: (out: unknown) => void
  part?: (part: GeneratePart) => void
  stage?: (stage: LoadStage) => void
  fail: (error: WeftError) => void
}

export function createConnection(worker: WorkerLike): Connection {
  const listeners = new Map<number, Listener>()
  let lastId = 0
  let ended: WeftError | undefined

  const end = (reason: WeftError): void => {
    if (ended) return
    ended = reason
    worker.terminate()
    for (const { fail } of listeners.values()) fail(reason)
    listeners.clear()
  }
  const listen = (listener: Listener): number => {
    if (ended) throw ended
    lastId += 1
    listeners.set(lastId, listener)
    return lastId
  }
  worker.onmessage = ({ data }) => {
    try {
      dispatch(listeners, data)
    } catch (cause) {
      end(crashed(cause))
    }
  }
  worker.onerror = (event) => end(crashed(event.message || 'The worker stopped.'))
  worker.onmessageerror = () => end(crashed('A message of the worker could not be read.'))

  return {
    async call(type, input, { transfer = [], onStage } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const id = listen({ done: resolve, fail: reject, ...(onStage ? { stage: onStage } : {}) })
      worker.postMessage({ type, id, in: input } as Request, transfer)
      return parseResult[type](await promise)
    },
    generate(init) {
      const queue = createPartQueue()
      const id = listen({ part: queue.push, fail: queue.fail })
      worker.postMessage({ type: 'generate', id, in: init }, [])
      return {
        async next() {
          const part = await queue.take()
          if (!ended) worker.postMessage({ type: 'credit', id }, [])
          return part
        },
        stop() {
          if (!listeners.delete(id) || ended) return
          worker.postMessage({ type: 'stop', id }, [])
        },
      }
    },
    end,
  }
}

/** @throws MalformedError */
function dispatch(listeners: Map<number, Listener>, data: unknown): void {
  const response = parseResponse(data)
  const listener = listeners.get(response.id)
  // What answers a stopped call comes too late to matter.
  if (!listener) return
  if (isLast(response)) listeners.delete(response.id)
  if (response.type === 'stage') listener.stage?.(response.out)
  else if (response.type === 'part') listener.part?.(response.out)
  else if (response.type === 'done') listener.done?.(response.out)
  else listener.fail(WeftError.fromData(response.out))
}

/** Whether nothing follows under the same id. */
function isLast(response: ReturnType<typeof parseResponse>): boolean {
  if (response.type === 'part') return response.out.type === 'end'
  return response.type !== 'stage'
}

function crashed(cause: unknown): WeftError {
  return new WeftError('engine/crashed', 'The engine stopped unexpectedly. Load the model again.', {
    facts: [cause instanceof Error ? cause.message : String(cause)],
    cause,
  })
}

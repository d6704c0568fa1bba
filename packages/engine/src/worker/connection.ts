/**
 * The asking side of an engine: calls with one answer, answers that stream, and the files of a load.
 * @module
 */
import { unlessAborted, WeftError } from '@weft/protocol'
import type { GenerateInit, GeneratePart, LoadInit, LoadStage, WaitOptions } from '../engine.ts'
import { createPartQueue } from '../part-queue.ts'
import { buffersOf } from './host-calls.ts'
import type { Calls, CallType, Request } from './messages.ts'
import { parseResponse, parseResult } from './parse-response.ts'
import { createPortCalls, type Port } from './port-calls.ts'

type CallOptions = WaitOptions & {
  onStage?: (stage: LoadStage) => void
  /** Of a load: kept until the next one, because an engine that starts again asks again. */
  openFiles?: LoadInit['openFiles']
  /** Moves to the other side. */
  transfer?: Transferable[]
}

/** Parts of one answer as they arrive. */
type PartStream = {
  /** The next part; waits for it. @throws WeftError of the engine, `engine/crashed` */
  next(): Promise<GeneratePart>
  /** Nobody reads on: the other side stops, a waiting `next` stays unanswered. */
  stop(): void
}

export type Connection = {
  /** An aborted signal ends the call here at once and stops the other side. @throws CancelledError */
  call<Type extends CallType>(
    type: Type,
    input: Calls[Type]['in'],
    options?: CallOptions,
  ): Promise<Calls[Type]['out']>
  generate(init: GenerateInit): PartStream
  /** What waits, and what comes after, rejects with `reason`. */
  end(reason: WeftError): void
}

type Response = ReturnType<typeof parseResponse>

const subjects: Record<CallType, string> = {
  load: 'Loading',
  'measure-prompt': 'Counting',
  score: 'Scoring',
  embed: 'Embedding',
  measure: 'Measuring',
  memory: 'The report',
}

/** @param onEnd runs once, when the connection ends: closes the port, terminates the worker */
export function createConnection(port: Port, onEnd: () => void): Connection {
  let opener: Opener | undefined
  const { listen, post, stop, end } = createPortCalls<Request, Response>({
    port,
    parse: parseResponse,
    isLast: (response) =>
      response.type === 'done' || (response.type === 'part' && response.out.type === 'end'),
    onQuestion: ({ type, id }) => {
      if (type === 'open-files') opener?.open(id)
    },
    onEnd() {
      opener?.close()
      onEnd()
    },
  })
  return {
    async call(type, input, { signal, onStage, openFiles, transfer } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const id = listen({
        receive(response) {
          if (response.type === 'stage') onStage?.(response.out)
          else if (response.type === 'done') resolve(response.out)
        },
        fail: reject,
      })
      if (openFiles) {
        opener?.close()
        opener = createOpener({ id, openFiles, post })
      }
      try {
        post({ type, id, in: input } as Request, transfer)
        return parseResult[type](await unlessAborted(promise, signal, subjects[type]))
      } catch (error) {
        if (openFiles) opener?.close()
        throw error
      } finally {
        stop(id)
      }
    },
    generate(init) {
      const queue = createPartQueue()
      const id = listen({
        receive(response) {
          if (response.type === 'part') queue.push(response.out)
        },
        fail: queue.fail,
      })
      post({ type: 'generate', id, in: init })
      return {
        async next() {
          const part = await queue.take()
          post({ type: 'credit', id })
          return part
        },
        stop: () => stop(id),
      }
    },
    end,
  }
}

type Opener = {
  /** Answers the load's question for its files; never rejects. */
  open(id: number): void
  close(): void
}

type OpenerInit = {
  id: number
  openFiles: LoadInit['openFiles']
  post: (request: Request, transfer?: Transferable[]) => void
}

function createOpener({ id, openFiles, post }: OpenerInit): Opener {
  const controller = new AbortController()
  const { signal } = controller
  const answer = async (): Promise<void> => {
    try {
      const files = await openFiles({ signal })
      if (signal.aborted) return
      // Two files may be parts of one buffer, which moves once.
      post({ type: 'files', id, in: [...files] }, buffersOf([...files.values()]))
    } catch (cause) {
      const error = WeftError.from(cause, 'engine/no-files', 'The model files could not be opened.')
      if (!signal.aborted) post({ type: 'no-files', id, in: error.toJSON() })
    }
  }
  return {
    open: (asked) => {
      if (asked === id && !signal.aborted) answer()
    },
    close: () => controller.abort(),
  }
}

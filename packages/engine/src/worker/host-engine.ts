/**
 * The computing side of one port: requests in, an engine's answers out.
 * @module
 */
import { CancelledError, unlessAborted, WeftError } from '@weft/protocol'
import type { Engine, GenerateInit, LoadStage, ModelFiles, WaitOptions } from '../engine.ts'
import { askLinks } from '../layers/ask-links.ts'
import { notLoaded } from '../model/model-error.ts'
import { buffersOf, createHostCalls, type Host } from './host-calls.ts'
import {
  type Calls,
  type CallType,
  type FileList,
  type LoadMessage,
  type Request,
  type Response,
  readAhead,
} from './messages.ts'
import { parseRequest } from './parse-request.ts'

/** Parts that the consumer of a running `generate` has asked for. */
type Credits = {
  add(): void
  /** Resolves true when one more part may be made, false when none is wanted any more. */
  take(): Promise<boolean>
}

export type HostEngineInit = {
  /** Where messages go: a worker's global scope, a MessagePort or a BroadcastChannel. */
  port: { postMessage(message: Response, transfer: Transferable[]): void }
  /** Called for every load; may give the same engine again. */
  createEngine: (threads: number | null) => Engine
}

export function hostEngine({ port, createEngine }: HostEngineInit): Host {
  const credits = new Map<number, Credits>()
  const fileWaits = new Map<number, PromiseWithResolvers<FileList>>()
  let engine: Engine | undefined

  const required = (): Engine => {
    if (!engine) throw notLoaded()
    return engine
  }
  const load = async (
    id: number,
    { manifest, backend, threads, split }: LoadMessage,
    signal: AbortSignal,
  ) => {
    const openFiles = async (options: WaitOptions): Promise<ModelFiles> => {
      const wait = Promise.withResolvers<FileList>()
      fileWaits.set(id, wait)
      post({ type: 'open-files', id })
      try {
        const ends = AbortSignal.any([signal, ...(options.signal ? [options.signal] : [])])
        return new Map(await unlessAborted(wait.promise, ends, 'Loading'))
      } finally {
        fileWaits.delete(id)
      }
    }
    const onStage = (stage: LoadStage): void => post({ type: 'stage', id, out: stage })
    engine = createEngine(threads)
    const parts = split && {
      ...split,
      connect: askLinks(split.port, () => split.port.close()).connect,
    }
    const init = { manifest, backend, openFiles, ...(parts ? { split: parts } : {}) }
    return engine.load(init, { signal, onStage })
  }
  const generate = async (id: number, init: GenerateInit, signal: AbortSignal): Promise<void> => {
    const flow = createCredits(signal)
    credits.set(id, flow)
    try {
      const parts = required().generate(init, { signal })[Symbol.asyncIterator]()
      while (await flow.take()) {
        const { value, done } = await parts.next()
        if (done) return
        post({ type: 'part', id, out: value })
      }
      await parts.return?.()
    } finally {
      credits.delete(id)
    }
  }
  const start = async (request: Started, signal: AbortSignal): Promise<void> => {
    const { id } = request
    const done = (out: Calls[CallType]['out'], transfer: Transferable[] = []): void =>
      post({ type: 'done', id, out }, transfer)
    switch (request.type) {
      case 'load':
        return done(await load(id, request.in, signal))
      case 'measure-prompt':
        return done(await required().measurePrompt(request.in))
      case 'score': {
        const { inits, ...options } = request.in
        const scores = await required().score(inits, { ...options, signal })
        return done(scores, buffersOf(scores.flatMap((score) => Object.values(score))))
      }
      case 'embed': {
        const embeddings = await required().embed(request.in, { signal })
        return done(embeddings, buffersOf(embeddings.vectors))
      }
      case 'measure':
        return done(await required().measure({ signal }))
      case 'memory':
        return done(await required().memory())
      case 'generate':
        return generate(id, request.in, signal)
      case 'files':
        return fileWaits.get(id)?.resolve(request.in)
      case 'no-files':
        return fileWaits.get(id)?.reject(WeftError.fromData(request.in))
      case 'credit':
        return credits.get(id)?.add()
    }
  }
  const { post, receive, running, end } = createHostCalls<Request, Response>({
    port,
    parse: parseRequest,
    start,
  })
  return {
    receive,
    running,
    end() {
      end()
      for (const wait of fileWaits.values()) wait.reject(new CancelledError({ subject: 'Loading' }))
    },
  }
}

type Started = Exclude<Request, { type: 'stop' }>

function createCredits(signal: AbortSignal): Credits {
  let count = readAhead
  let wake = (): void => {}
  signal.addEventListener('abort', () => wake())
  return {
    add() {
      count += 1
      wake()
    },
    async take() {
      while (count === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      count -= 1
      return !signal.aborted
    },
  }
}

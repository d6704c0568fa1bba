/**
 * Links to parts over a port: the side that has layers computed.
 * @module
 */
import { type EngineInfo, unlessAborted, type WeftError } from '@weft/protocol'
import type { WaitOptions } from '../engine.ts'
import { buffersOf } from '../worker/host-calls.ts'
import { createPortCalls, type Port } from '../worker/port-calls.ts'
import {
  type LinkRequest,
  type LinkResponse,
  type LoadLayersMessage,
  parseLinkResponse,
} from './link-messages.ts'
import type { ConnectPart } from './part-link.ts'

type Asked =
  | { type: 'load'; in: LoadLayersMessage }
  | { type: 'connect'; in: { part: number } }
  | Omit<Extract<LinkRequest, { type: 'step' }>, 'id'>

export type AskedLinks = {
  /** The files move over the port. */
  load(message: LoadLayersMessage, options?: WaitOptions): Promise<EngineInfo>
  connect: ConnectPart
  end(reason: WeftError): void
}

/** @param onEnd runs once, at the end: closes the port, terminates the worker */
export function askLinks(port: Port, onEnd: () => void): AskedLinks {
  const { listen, post, stop, end } = createPortCalls<LinkRequest, LinkResponse>({
    port,
    parse: parseLinkResponse,
    isLast: () => true,
    onEnd,
  })
  const ask = async (asked: Asked, transfer: Transferable[], { signal }: WaitOptions) => {
    const { promise, resolve, reject } =
      Promise.withResolvers<Exclude<LinkResponse, { type: 'error' }>>()
    const id = listen({ receive: resolve, fail: reject })
    try {
      post({ ...asked, id } as LinkRequest, transfer)
      return (await unlessAborted(promise, signal, 'The request')).out
    } finally {
      stop(id)
    }
  }
  return {
    async load(message, options = {}) {
      const transfer = buffersOf(message.files.map(([, bytes]) => bytes))
      return (await ask({ type: 'load', in: message }, transfer, options)) as EngineInfo
    },
    async connect(part, options) {
      const link = (await ask({ type: 'connect', in: { part } }, [], options)) as number
      return {
        async step(step, given, waiting = {}) {
          // They may lie in the memory of a backend, which must not move.
          const states = given.slice()
          const asked: Asked = { type: 'step', in: { link, step, states } }
          return (await ask(asked, [states.buffer], waiting)) as Float32Array
        },
        close() {
          post({ type: 'close', id: 0, in: { link } }) // Nobody answers it.
        },
      }
    },
    end,
  }
}

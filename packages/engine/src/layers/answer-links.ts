/**
 * Links to parts over a port: the side that computes layers, or knows who does.
 * @module
 */
import { type EngineInfo, WeftError } from '@weft/protocol'
import { buffersOf, createHostCalls, type Host } from '../worker/host-calls.ts'
import {
  type LinkRequest,
  type LinkResponse,
  type LoadLayersMessage,
  parseLinkRequest,
} from './link-messages.ts'
import type { ConnectPart, PartLink } from './part-link.ts'

type AnswerLinksInit = {
  port: { postMessage(message: unknown, transfer: Transferable[]): void }
  connect: ConnectPart
  /** Null where nothing is to be loaded on this side. */
  load: ((message: LoadLayersMessage, signal: AbortSignal) => Promise<EngineInfo>) | null
}

export function answerLinks({ port, connect, load }: AnswerLinksInit): Host {
  const links = new Map<number, PartLink>()
  let last = 0
  const linkOf = (number: number): PartLink => {
    const link = links.get(number)
    if (link) return link
    throw new WeftError('engine/part-lost', 'This line to other layers was closed.')
  }
  const start = async (
    request: Exclude<LinkRequest, { type: 'stop' }>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { id } = request
    switch (request.type) {
      case 'load': {
        if (!load) throw new WeftError('engine/unsupported', 'No layers are loaded here.')
        return post({ type: 'loaded', id, out: await load(request.in, signal) })
      }
      case 'connect': {
        const link = await connect(request.in.part, { signal })
        // Nobody waits for it any more.
        if (signal.aborted) return link.close()
        last += 1
        links.set(last, link)
        return post({ type: 'connected', id, out: last })
      }
      case 'step': {
        const { link, step, states } = request.in
        const out = await linkOf(link).step(step, states, { signal })
        return post({ type: 'done', id, out }, buffersOf([out]))
      }
      case 'close': {
        const link = links.get(request.in.link)
        links.delete(request.in.link)
        return link?.close()
      }
    }
  }
  const { post, ...host } = createHostCalls<LinkRequest, LinkResponse>({
    port,
    parse: parseLinkRequest,
    start,
  })
  return {
    ...host,
    end() {
      host.end()
      for (const link of links.values()) link.close()
      links.clear()
    },
  }
}

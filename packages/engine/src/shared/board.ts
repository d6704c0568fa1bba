/**
 * What all tabs of an origin hear: who leads, and who looks for the leader. Answers never come here.
 * @module
 */
import { MalformedError } from '@weft/protocol'

export type Notice =
  /** Asks the leader for a line of its own; asked again, whether the leader is still there. */
  | { type: 'hello'; clientId: string }
  | { type: 'welcome'; clientId: string; leaderId: string }
  /** A new leader; said once. */
  | { type: 'leader'; leaderId: string; modelCid: string }

export type Board = {
  post(notice: Notice): void
  /** @returns a function that stops listening */
  listen(listener: (notice: Notice) => void): () => void
}

/** As long as the tab lives: a tab without a model hears of others all the same. */
export function createBoard(name: string): Board {
  const channel = new BroadcastChannel(name)
  const listeners = new Set<(notice: Notice) => void>()
  channel.onmessage = ({ data }) => {
    const notice = readNotice(data)
    if (notice) for (const listener of [...listeners]) listener(notice)
  }
  return {
    post: (notice) => channel.postMessage(notice),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Undefined for what is no notice: another version of the site may be open in another tab. */
function readNotice(data: unknown): Notice | undefined {
  try {
    return parseNotice(data)
  } catch {
    return undefined
  }
}

/** @throws MalformedError */
export function parseNotice(data: unknown): Notice {
  const notice = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>
  switch (notice.type) {
    case 'hello':
      return { type: 'hello', clientId: name(notice.clientId) }
    case 'welcome':
      return { type: 'welcome', clientId: name(notice.clientId), leaderId: name(notice.leaderId) }
    case 'leader':
      return { type: 'leader', leaderId: name(notice.leaderId), modelCid: name(notice.modelCid) }
    default:
      throw malformed('unknown type')
  }
}

/** The name of a tab's line to its leader, which nobody else opens. */
export function lineName(
  scope: string,
  { leaderId, clientId }: Record<'leaderId' | 'clientId', string>,
): string {
  return `${scope}/${leaderId}/${clientId}`
}

const maxNameChars = 200

function name(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > maxNameChars) {
    throw malformed('expected a name')
  }
  return value
}

function malformed(fact: string): MalformedError {
  return new MalformedError({ subject: 'notice between tabs', facts: [fact] })
}

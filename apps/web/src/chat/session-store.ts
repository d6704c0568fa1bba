/**
 * What the Playground shows of its conversations, and the ways to change it.
 * @module
 */
import type { Cell, Conversation, ConversationSummary } from '@weft/sdk'
import { createStore } from '../site/store.ts'
import type { Chat } from './chat.ts'

type SessionState = {
  /** The conversation that is shown; null is a new one. */
  currentId: string | null
  /** Conversations in memory. */
  chats: Readonly<Record<string, Chat>>
  summaries: readonly ConversationSummary[]
  /** The last deleted one, while it can be brought back. */
  removed: Conversation | null
}

export type SessionStore = {
  state: Cell<SessionState>
  change(part: Partial<SessionState>): void
  chat(id: string | null): Chat | undefined
  /** Nothing happens when the conversation is gone. */
  changeChat(id: string, edit: (chat: Chat) => Chat): void
}

export function createSessionStore(): SessionStore {
  const state = createStore<SessionState>({
    currentId: null,
    chats: {},
    summaries: [],
    removed: null,
  })
  const chat = (id: string | null) => (id === null ? undefined : state.get().chats[id])
  const change = (part: Partial<SessionState>) => state.update((now) => ({ ...now, ...part }))
  return {
    state,
    chat,
    change,
    changeChat(id, edit) {
      const before = chat(id)
      if (before) change({ chats: { ...state.get().chats, [id]: edit(before) } })
    },
  }
}

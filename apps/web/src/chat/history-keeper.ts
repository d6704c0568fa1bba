/**
 * Keeps the conversations of a session in the tab's history.
 * @module
 */
import type { OpenedTab } from '../site/open-site.ts'
import { toConversation } from './chat.ts'
import type { SessionStore } from './session-store.ts'

export type HistoryKeeper = {
  /** A conversation in which nothing became a job is not kept. */
  save(chatId: string): Promise<void>
  /** Reads the list anew. */
  list(): Promise<void>
}

export function createHistoryKeeper(
  opened: Promise<OpenedTab>,
  store: SessionStore,
): HistoryKeeper {
  return {
    async save(chatId) {
      const { tab } = await opened
      const chat = store.chat(chatId)
      if (!chat?.turns.some(({ answer }) => answer)) return
      await tab.history.put(toConversation(chat, Date.now()))
    },
    async list() {
      const { tab } = await opened
      store.change({ summaries: await tab.history.list() })
    },
  }
}

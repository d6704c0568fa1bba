/**
 * Conversations in IndexedDB.
 * @module
 */
import type { Database } from './database.ts'
import type { Conversation, ConversationSummary } from './records.ts'

/** @returns summaries, the latest first */
export async function listConversations(database: Database): Promise<ConversationSummary[]> {
  const all = await database.getAllFromIndex('conversations', 'by-update')
  return all
    .reverse()
    .map(({ turns, ...conversation }) => ({ ...conversation, turnCount: turns.length }))
}

export function getConversation(database: Database, id: string): Promise<Conversation | undefined> {
  return database.get('conversations', id)
}

export async function putConversation(
  database: Database,
  conversation: Conversation,
): Promise<void> {
  await database.put('conversations', conversation)
}

export function removeConversation(database: Database, id: string): Promise<void> {
  return database.delete('conversations', id)
}

/**
 * Conversations in IndexedDB.
 * @module
 */
import type { AnswerPlace } from './check-records.ts'
import type { Database } from './database.ts'
import type { AnswerRecord, Conversation, ConversationSummary } from './records.ts'
import type { FoundAnswer } from './stores.ts'

/** @returns summaries, the latest first */
export async function listConversations(database: Database): Promise<ConversationSummary[]> {
  const all = await database.getAllFromIndex('conversations', 'by-update')
  return all.reverse().map(summaryOf)
}

export function summaryOf({ turns, ...conversation }: Conversation): ConversationSummary {
  return { ...conversation, turnCount: turns.length }
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

/** Answers of all conversations, the one that was changed last at the end. */
export async function findAnswers(
  database: Database,
  isWanted: (answer: AnswerRecord) => boolean,
): Promise<FoundAnswer[]> {
  const all = await database.getAllFromIndex('conversations', 'by-update')
  return all.flatMap((conversation) => answersIn(conversation, isWanted))
}

export function answersIn(
  { id: conversationId, turns }: Conversation,
  isWanted: (answer: AnswerRecord) => boolean,
): FoundAnswer[] {
  return turns
    .filter(({ answer }) => isWanted(answer))
    .map(({ id: turnId, answer }) => ({ place: { conversationId, turnId }, answer }))
}

/** Changes one answer where it is kept, in one transaction. */
export async function changeAnswer(
  database: Database,
  place: AnswerPlace,
  change: (answer: AnswerRecord) => AnswerRecord,
): Promise<void> {
  const transaction = database.transaction('conversations', 'readwrite')
  const kept = await transaction.store.get(place.conversationId)
  if (kept) await transaction.store.put(withAnswer(kept, place, change))
  await transaction.done
}

export function withAnswer(
  conversation: Conversation,
  { turnId }: AnswerPlace,
  change: (answer: AnswerRecord) => AnswerRecord,
): Conversation {
  const turns = conversation.turns.map((turn) =>
    turn.id === turnId ? { ...turn, answer: change(turn.answer) } : turn,
  )
  return { ...conversation, turns }
}

export function removeConversation(database: Database, id: string): Promise<void> {
  return database.delete('conversations', id)
}

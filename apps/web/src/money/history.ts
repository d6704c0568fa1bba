/**
 * What was paid for: the answers that this browser keeps, and what this page's key has promised.
 * @module
 */
import type { Conversation, History } from '@weft/sdk'
import { billsOf, billWei } from './bill.ts'

export type PaidAnswer = {
  /** The turn's. */
  id: string
  prompt: string
  atMs: number
  tokens: number
  nodes: number
  wei: bigint
}

/** Conversations that are looked through, the latest first. */
const maxConversations = 50

/** @returns answers that cost something, the latest first */
export async function listPaidAnswers(
  history: Pick<History, 'list' | 'get'>,
): Promise<PaidAnswer[]> {
  const summaries = (await history.list()).slice(0, maxConversations)
  const conversations = await Promise.all(summaries.map(({ id }) => history.get(id)))
  return conversations
    .flatMap((conversation) => (conversation ? paidAnswersIn(conversation) : []))
    .toSorted((a, b) => b.atMs - a.atMs)
}

function paidAnswersIn({ turns }: Conversation): PaidAnswer[] {
  return turns.flatMap(({ id, prompt, answer }) => {
    // An answer of an earlier version cost nothing.
    const paid = { bills: answer.bills ?? [], quorum: answer.quorum ?? null }
    const wei = billWei(paid)
    if (wei === 0n) return []
    const nodes = new Set(billsOf(paid).map(({ peerId }) => peerId)).size
    return [{ id, prompt, atMs: answer.job.createdAtMs, tokens: answer.tokens.length, nodes, wei }]
  })
}

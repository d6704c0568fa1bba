/**
 * What an answer costs so far, and whom.
 * @module
 */
import type { AnswerRecord, NodeBill } from '@weft/sdk'

/** Of all nodes, those of a quorum that are not shown included. */
export function billsOf({ bills, quorum }: Pick<AnswerRecord, 'bills' | 'quorum'>): NodeBill[] {
  const witnesses = quorum?.witnesses ?? []
  return [...bills, ...witnesses.flatMap((witness) => witness.answer.bills)]
}

/** Of all nodes together, in wei; 0 where all answered for nothing. */
export function billWei(answer: Pick<AnswerRecord, 'bills' | 'quorum'>): bigint {
  return billsOf(answer).reduce((total, bill) => total + bill.costWei, 0n)
}

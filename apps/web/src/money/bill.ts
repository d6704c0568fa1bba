/**
 * What an answer costs so far, and whom.
 * @module
 */
import type { AnswerRecord } from '@weft/sdk'

/** Of all nodes together, in wei; 0 where all answered for nothing. */
export function billWei({ bills }: Pick<AnswerRecord, 'bills'>): bigint {
  return bills.reduce((total, bill) => total + bill.costWei, 0n)
}

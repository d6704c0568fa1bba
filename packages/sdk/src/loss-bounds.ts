/**
 * What an honest side can lose at most, whatever the other does: the table of decision 31 as numbers. What is
 * lost in fact is measured by `npm run bench -- losses` against these.
 * @module
 */
import type { CreditPolicy } from '@weft/payments'
import { costWei, type Message, mostPromptTokens, type Price, type Tool } from '@weft/protocol'

/** Nodes that one answer pays for less than their prompt cost; then nobody else is asked. */
export const maxPaidForNothing = 2

export type NodeLossInit = {
  price: Price
  policy: Pick<CreditPolicy, 'maxUnpaidWei' | 'maxLostWei' | 'maxUnredeemedWei'>
  /** The largest delta that the node sends. */
  deltaTokens: number
  /** Of the spender, at the same time: each may be on its way to a delta when the limit is reached. */
  jobs: number
  /** What the client has paid, or promised and the chain holds, in wei. */
  paidWei: bigint
}

/** Of a node, to one spender, in wei. */
export type NodeLossBounds = {
  /** Delivered and never promised: it walked away, as often as it was let. */
  unpaidWei: bigint
  /** Beside that, promised and not payable any more: others redeemed before. */
  unredeemedWei: bigint
}

export function nodeLossBounds(init: NodeLossInit): NodeLossBounds {
  const { price, deltaTokens, jobs, paidWei } = init
  const { maxUnpaidWei, maxLostWei, maxUnredeemedWei } = init.policy
  const deltaWei = costWei(price, { inputTokens: 0, outputTokens: deltaTokens }) + 1n
  const deltasWei = BigInt(jobs) * deltaWei
  // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint.
  const lentAgainWei = paidWei < maxLostWei ? paidWei : maxLostWei
  return {
    unpaidWei: maxUnpaidWei + lentAgainWei + deltasWei,
    // It looks before it sends, and a voucher pays for what has been sent.
    unredeemedWei: maxUnredeemedWei + maxUnpaidWei + deltasWei,
  }
}

export type ClientLossInit = {
  price: Price
  messages: readonly Message[]
  tools: readonly Tool[]
  /** Of the answer that was taken back, or is missing. */
  arrivedTokens: number
}

/** Of a client, in one answer, in wei. */
export type ClientLossBounds = {
  /** Counted in the prompt beyond what it has. */
  promptWei: bigint
  /** One node's part that was paid and does not count: its receipt was false, or less came than its prompt cost. */
  partWei: bigint
  /** The same by one node after the other. */
  answerWei: bigint
}

export function clientLossBounds({
  price,
  messages,
  tools,
  arrivedTokens,
}: ClientLossInit): ClientLossBounds {
  const inputTokens = mostPromptTokens({ messages, tools })
  const partWei = costWei(price, { inputTokens, outputTokens: arrivedTokens })
  return {
    promptWei: costWei(price, { inputTokens, outputTokens: 0 }),
    partWei,
    answerWei: BigInt(maxPaidForNothing) * partWei,
  }
}

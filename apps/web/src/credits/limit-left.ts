/**
 * What a wallet's limit has left in this tab: a ticket takes its key away.
 * @module
 */
import { useCell } from '@weft/react'
import { beforeTicketSentence } from '../money/spending-words.ts'
import { unspentWei } from '../money/unspent.ts'
import { useSpending } from '../money/use-money.ts'
import { useMoney } from '../site/tab-context.tsx'

/** To be read before a ticket pays; null where no wallet lets this tab spend, or nothing is left. */
export function useLimitLeft(): string | null {
  const { funds, network } = useCell(useMoney().state)
  const promisedWei = useSpending()?.promisedWei ?? 0n
  if (!funds?.current || !network) return null
  if (funds.payer.toLowerCase() === network.contracts.credits.toLowerCase()) return null
  const leftWei = unspentWei(funds.current.collateral, promisedWei)
  return beforeTicketSentence({ leftWei, withdrawDelay: funds.withdrawDelay })
}

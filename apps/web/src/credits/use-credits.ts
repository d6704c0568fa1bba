/**
 * Private credits for screens: what can be bought, and what this browser has bought.
 * @module
 */
import type { CreditsReader, DenominationOnChain } from '@weft/payments/chain'
import type { WeftErrorData } from '@weft/protocol'
import { useCell } from '@weft/react'
import type { Cell, TabCredits } from '@weft/sdk'
import { useCallback, useEffect, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { useMoney, useTab } from '../site/tab-context.tsx'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { spendTicket } from './spend-ticket.ts'
import { whyNobodyTakesIt } from './ticket-takers.ts'

type Purchases = ReturnType<TabCredits['purchases']['get']>
type Kept = NonNullable<Purchases>[number]
type Member = NonNullable<Awaited<ReturnType<CreditsReader['member']>>>
/** What this browser keeps of it, and what the chain says. */
export type Purchase = Kept & { member: Member }

const none: Cell<Purchases> = { get: () => null, subscribe: () => () => {} }

/**
 * Of this network; null until they are read. One whose transaction is in no block yet, or was never sent, is kept and
 * not shown: its secret may still be paid for.
 */
export function usePurchases(
  wallet: WalletActions | null,
  network: PayingNetwork | null,
): readonly Purchase[] | null {
  const credits = useTab()?.credits
  const [members, setMembers] = useState<ReadonlyMap<string, Member>>(new Map())
  useEffect(() => void credits?.refresh().catch(() => {}), [credits])
  const all = useCell(credits?.purchases ?? none)
  useEffect(() => {
    if (!wallet || !network || !all) return
    const reader = wallet.credits(network)
    for (const { id, denomination } of all) {
      reader.member(denomination, BigInt(id)).then(
        (member) => member && setMembers((known) => new Map([...known, [id, member]])),
        () => {}, // Shown when it is looked for again.
      )
    }
  }, [wallet, network, all])
  const contract = network?.contracts.credits.toLowerCase()
  return (
    all?.flatMap((each) => {
      const member = members.get(each.id)
      const isHere = each.chainId === network?.chainId && each.contract === contract
      return isHere && member ? [{ ...each, member }] : []
    }) ?? null
  )
}

/** Read again when `look` is called. */
export function useDenominations(wallet: WalletActions | null, network: PayingNetwork | null) {
  const [denominations, setDenominations] = useState<DenominationOnChain[] | null>(null)
  const [error, setError] = useState<WeftErrorData | null>(null)
  const look = useCallback(async () => {
    if (!wallet || !network) return
    await wallet
      .credits(network)
      .denominations()
      .then(setDenominations, (thrown) => setError(toData(thrown)))
  }, [wallet, network])
  useEffect(() => void look(), [look])
  return { denominations, error, look }
}

export type Task = {
  /** What is waited for, null while nothing is. */
  step: string | null
  error: WeftErrorData | null
  run(work: (how: { onStep: (step: string) => void; signal: AbortSignal }) => Promise<void>): void
  stop(): void
}

/** One at a time; `stop` gives up a proof, never what was submitted. */
export function useTask(): Task {
  const [step, setStep] = useState<string | null>(null)
  const [error, setError] = useState<WeftErrorData | null>(null)
  const [cancel, setCancel] = useState<AbortController | null>(null)
  useEffect(() => () => cancel?.abort(), [cancel])

  async function run(work: Parameters<Task['run']>[0]): Promise<void> {
    if (cancel) return
    const controller = new AbortController()
    setCancel(controller)
    setError(null)
    setStep('One moment.')
    const { signal } = controller
    try {
      await work({ onStep: setStep, signal })
    } catch (thrown) {
      if (!signal.aborted) setError(toData(thrown))
    } finally {
      setStep(null)
      setCancel(null)
    }
  }
  return { step, error, run: (work) => void run(work), stop: () => cancel?.abort() }
}

/** Spends one ticket; where no live tab can take it, `warning` says so and only a second call for it spends. */
export function useSpending(wallet: WalletActions | null, network: PayingNetwork | null) {
  const tab = useTab()
  const money = useMoney()
  const task = useTask()
  const [warning, setWarning] = useState<{ id: string; text: string } | null>(null)
  function spend(purchase: Pick<Purchase, 'id'>): void {
    if (!tab || !wallet || !network) return
    task.run(async (how) => {
      how.onStep('Looking for tabs that a ticket can pay.')
      const nobody = await whyNobodyTakesIt(tab, () => wallet.reader(network))
      // Who has read it and presses again wants the ticket spent all the same.
      if (nobody && warning?.id !== purchase.id)
        return setWarning({ id: purchase.id, text: nobody })
      await spendTicket({ tab, money, wallet, network, purchase, ...how })
    })
  }
  return { ...task, spend, warning }
}

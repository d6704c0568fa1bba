import { useState } from 'react'
import { useMoney, useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { leaveTicket } from './spend-ticket.ts'
import { useTask } from './use-credits.ts'

type LeaveTicketProps = { wallet: WalletActions; network: PayingNetwork }

/** Out of private payment: a key that a ticket pays for never has a wallet's limit, so the tab takes another. */
export function LeaveTicket({ wallet, network }: LeaveTicketProps) {
  const tab = useTab()
  const money = useMoney()
  const task = useTask()
  const [asks, setAsks] = useState(false)
  if (!tab) return null
  return (
    <div className="grid gap-2 text-sm">
      <div>
        <Button kind="plain" aria-expanded={asks} onClick={() => setAsks(!asks)}>
          Pay from the wallet again
        </Button>
      </div>
      {asks && (
        <>
          <p className="max-w-[66ch]">
            This tab takes a new key and opens again as another peer, which a wallet can then let
            spend. What the ticket’s key has not spent, and what is locked with it, is lost.
          </p>
          <div className="flex flex-wrap gap-2">
            <Button
              kind="plain"
              disabled={task.step !== null}
              onClick={() =>
                task.run(({ onStep }) => leaveTicket({ tab, money, wallet, network, onStep }))
              }
            >
              Give up the ticket
            </Button>
            <Button kind="quiet" onClick={() => setAsks(false)}>
              Keep it
            </Button>
          </div>
        </>
      )}
      <p aria-live="polite" className="text-ash empty:hidden">
        {task.step}
      </p>
      {task.error && <ErrorNote error={task.error} />}
    </div>
  )
}

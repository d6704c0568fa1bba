import type { DenominationOnChain } from '@weft/payments/chain'
import { useSpending } from '../money/use-money.ts'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { planChange } from './change-plan.ts'
import { changeWords, keyLeftWords, leftOf } from './purchase-words.ts'
import type { Purchase, Task } from './use-credits.ts'
import { buyWithLeft, useKeyLeft } from './use-key-left.ts'

type KeyLeftNoteProps = {
  network: PayingNetwork
  wallet: WalletActions
  purchases: readonly Purchase[]
  denominations: readonly DenominationOnChain[]
  task: Pick<Task, 'step' | 'run'>
  /** Tickets were bought. */
  onDone: () => Promise<void>
}

/** What the key of this tab has left of its ticket, and what can become of it. */
export function KeyLeftNote(props: KeyLeftNoteProps) {
  const { network, wallet, purchases, denominations, task, onDone } = props
  const tab = useTab()
  const onChain = useKeyLeft(wallet, network, purchases)
  const promisedWei = useSpending()?.promisedWei ?? null
  const left = onChain && leftOf(onChain, promisedWei)
  if (!left || !tab) return null
  const plan = planChange(left.unspentWei + left.lockedWei, denominations)
  const nowMs = Date.now()
  return (
    <div className="grid gap-2 border-t border-thread pt-3 text-sm" data-testid="key-left">
      <p className="max-w-[66ch]">{keyLeftWords(left, plan, nowMs)}</p>
      {plan && nowMs >= left.fromMs && (
        <div>
          <Button
            kind="plain"
            disabled={task.step !== null}
            onClick={() =>
              task.run(async ({ onStep }) => {
                await buyWithLeft({ tab, network, plan, onStep })
                await onDone()
              })
            }
          >
            {changeWords(plan)}
          </Button>
        </div>
      )}
    </div>
  )
}

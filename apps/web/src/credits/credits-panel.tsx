import type { Hex } from '@weft/protocol'
import { Section } from '../money/section.tsx'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { BuyForm } from './buy-form.tsx'
import { whatLinks } from './credit-words.ts'
import { giveBackTickets, takeBondBack } from './give-back.ts'
import { KeyLeftNote } from './key-left-note.tsx'
import { useLimitLeft } from './limit-left.ts'
import { PurchaseItem } from './purchase-item.tsx'
import { canSpend } from './purchase-words.ts'
import { RestoreForm } from './restore-form.tsx'
import { TicketNote } from './ticket-note.tsx'
import {
  type Purchase,
  type Task,
  useDenominations,
  usePurchases,
  useSpending,
  useTask,
} from './use-credits.ts'

type CreditsPanelProps = {
  network: PayingNetwork
  wallet: WalletActions | null
  /** The connected wallet, which can buy tickets and have back what it bought. */
  buyer: Hex | null
}

/** Tickets: bought in the open, spent by a key that nobody can tell the wallet by. */
export function CreditsPanel({ network, wallet, buyer }: CreditsPanelProps) {
  const purchases = usePurchases(wallet, network)
  const { denominations, error, look } = useDenominations(wallet, network)
  const spending = useSpending(wallet, network)
  const giving = useTask()
  const limitLeft = useLimitLeft()
  const credits = useTab()?.credits
  function giveBack(work: typeof takeBondBack, purchase: Purchase): void {
    if (!wallet || !credits) return
    giving.run((how) => work({ credits, wallet, network, purchase, ...how }))
  }
  const known = purchases?.filter(({ denomination }) => denominations?.[denomination]) ?? []
  return (
    <Section title="Private credits">
      <p className="max-w-[66ch] text-sm">
        A wallet that pays for answers is tied to them for ever. Tickets are not: your wallet buys
        some in the open, and later a fresh key proves that one of them is its own, without saying
        which or whose. This tab then goes on as a new peer that the ticket pays for. Tickets pay
        registered tabs only.
      </p>
      {error && <ErrorNote error={error} />}
      {limitLeft && known.some((each) => canSpend(each, Date.now())) && (
        <p className="max-w-[66ch] text-sm" data-testid="limit-left">
          {limitLeft}
        </p>
      )}
      {known.length > 0 && (
        <ul className="grid gap-3">
          {known.map((purchase) => (
            <PurchaseItem
              key={purchase.id}
              purchase={purchase}
              valueWei={denominations?.[purchase.denomination]?.valueWei ?? 0n}
              capWei={denominations?.[purchase.denomination]?.capWei ?? 0n}
              bondWei={denominations?.[purchase.denomination]?.bondWei ?? 0n}
              buyer={buyer}
              warning={spending.warning?.id === purchase.id ? spending.warning.text : null}
              isBusy={spending.step !== null || giving.step !== null}
              onSpend={() => spending.spend(purchase)}
              onGiveBack={() => giveBack(giveBackTickets, purchase)}
              onBond={() => giveBack(takeBondBack, purchase)}
            />
          ))}
        </ul>
      )}
      {wallet && denominations && (
        <KeyLeftNote
          network={network}
          wallet={wallet}
          purchases={known}
          denominations={denominations}
          task={giving}
          onDone={look}
        />
      )}
      <TaskNote task={spending} />
      <TaskNote task={giving} />
      {buyer && wallet && denominations && (
        <BuyForm network={network} wallet={wallet} denominations={denominations} onDone={look} />
      )}
      {denominations && credits && wallet && (
        <RestoreForm credits={credits} reader={wallet.credits(network)} />
      )}
      {!buyer && denominations && <TicketNote index={0} denominations={denominations} />}
      <details className="max-w-[66ch] text-sm">
        <summary className="cursor-pointer">What still tells who you are</summary>
        <ul className="mt-2 grid list-disc gap-1 pl-5 text-ash">
          {whatLinks.map((each) => (
            <li key={each}>{each}</li>
          ))}
          <li>
            Who made the proofs’ keys. Those of this version are for development: whoever made them
            could spend tickets that nobody paid for, but not tell whose yours are.
          </li>
        </ul>
      </details>
    </Section>
  )
}

/** What is waited for, with a way out of it; or what failed. */
function TaskNote({ task: { step, error, stop } }: { task: Omit<Task, 'run'> }) {
  return (
    <div aria-live="polite" className="grid gap-2 empty:hidden">
      {step && (
        <p className="flex flex-wrap items-center gap-x-3 text-sm text-ash">
          {step}
          <Button kind="quiet" onClick={stop}>
            Cancel
          </Button>
        </p>
      )}
      {error && <ErrorNote error={error} />}
    </div>
  )
}

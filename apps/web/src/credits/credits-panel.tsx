import { parsePayAtMost } from '../money/price-words.ts'
import { Section } from '../money/section.tsx'
import { readPreference } from '../site/preferences.ts'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { BuyForm } from './buy-form.tsx'
import { answersWords, leftWords, ticketWords, whatLinks } from './credit-words.ts'
import { type Purchase, useDenominations, usePurchases, useSpending } from './use-credits.ts'

type CreditsPanelProps = {
  network: PayingNetwork
  wallet: WalletActions | null
  /** A wallet is connected, so tickets can be bought. */
  canBuy: boolean
}

/** Tickets: bought in the open, spent by a key that nobody can tell the wallet by. */
export function CreditsPanel({ network, wallet, canBuy }: CreditsPanelProps) {
  const purchases = usePurchases(wallet, network)
  const { denominations, error, look } = useDenominations(wallet, network)
  const spending = useSpending(wallet, network)
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
      {known.length > 0 && (
        <ul className="grid gap-2">
          {known.map((purchase) => (
            <PurchaseItem
              key={purchase.id}
              purchase={purchase}
              valueWei={denominations?.[purchase.denomination]?.valueWei ?? 0n}
              capWei={denominations?.[purchase.denomination]?.capWei ?? 0n}
              isBusy={spending.step !== null}
              onSpend={() => void spending.spend(purchase)}
            />
          ))}
        </ul>
      )}
      <div aria-live="polite" className="grid gap-2 empty:hidden">
        {spending.step && (
          <p className="flex flex-wrap items-center gap-x-3 text-sm text-ash">
            {spending.step}
            <Button kind="quiet" onClick={spending.stop}>
              Cancel
            </Button>
          </p>
        )}
        {spending.error && <ErrorNote error={spending.error} />}
      </div>
      {canBuy && wallet && denominations && (
        <BuyForm network={network} wallet={wallet} denominations={denominations} onDone={look} />
      )}
      {denominations?.[0] && (
        <p className="max-w-[66ch] text-sm text-ash">
          {ticketWords(denominations[0].capWei, denominations[0].feeWei)} What the key has not spent
          by then can buy other tickets, which this page cannot do yet.
        </p>
      )}
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

type PurchaseItemProps = {
  purchase: Purchase
  valueWei: bigint
  capWei: bigint
  isBusy: boolean
  onSpend: () => void
}

function PurchaseItem({ purchase, valueWei, capWei, isBusy, onSpend }: PurchaseItemProps) {
  const credits = useTab()?.credits
  const left = purchase.count - purchase.keys.length
  const price = parsePayAtMost(readPreference('payAtMost'))
  return (
    <li className="grid gap-2 border-t border-thread pt-2 text-sm">
      <p className="tabular-nums" data-testid="tickets-left">
        {leftWords(left, purchase.count, valueWei)}.{' '}
        <span className="text-ash">{answersWords(capWei * BigInt(left), price)}</span>
      </p>
      <div className="flex flex-wrap gap-2">
        <Button kind="plain" disabled={isBusy || left === 0} onClick={onSpend}>
          Pay privately with one
        </Button>
        <CopyButton
          label="Copy the backup"
          text={() => credits?.backup(purchase.id) ?? Promise.reject()}
        />
      </div>
    </li>
  )
}

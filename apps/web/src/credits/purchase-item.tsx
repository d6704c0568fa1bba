import type { Hex } from '@weft/protocol'
import { weft } from '../money/amounts.ts'
import { parsePayAtMost } from '../money/price-words.ts'
import { readPreference } from '../site/preferences.ts'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { answersWords, leftWords } from './credit-words.ts'
import { bondWords, canSpend, isBondFree, ticketsToGiveBack } from './purchase-words.ts'
import type { Purchase } from './use-credits.ts'

type PurchaseItemProps = {
  purchase: Purchase
  valueWei: bigint
  capWei: bigint
  bondWei: bigint
  /** The connected wallet. */
  buyer: Hex | null
  isBusy: boolean
  /** Why a ticket would help nothing now; null where it would, or nobody has looked. */
  warning: string | null
  onSpend: () => void
  onGiveBack: () => void
  onBond: () => void
}

/** Tickets that were bought together: spent privately, or given back in the open. */
export function PurchaseItem(props: PurchaseItemProps) {
  const { purchase, valueWei, capWei, bondWei, buyer, isBusy, warning } = props
  const { onSpend, onGiveBack, onBond } = props
  const credits = useTab()?.credits
  const nowMs = Date.now()
  const left = purchase.count - purchase.keys.length
  const unused = ticketsToGiveBack(purchase)
  const price = parsePayAtMost(readPreference('payAtMost'))
  const isOwn = purchase.member.owner.toLowerCase() === buyer?.toLowerCase()
  const bond = weft(BigInt(purchase.count) * bondWei)
  return (
    <li className="grid gap-2 border-t border-thread pt-3 text-sm">
      <p className="tabular-nums" data-testid="tickets-left">
        {leftWords(left, purchase.count, valueWei)}.{' '}
        {left > 0 && <span className="text-ash">{answersWords(capWei * BigInt(left), price)}</span>}
      </p>
      <p className="max-w-[66ch] text-ash">
        {bondWords(purchase, bond, nowMs)}
        {left > 0 && !canSpend(purchase, nowMs) && ' These tickets are too old to be spent.'}
        {!isOwn &&
          !purchase.member.isChange &&
          ' Only the wallet that bought can have anything back: connect it.'}
      </p>
      {warning && canSpend(purchase, nowMs) && (
        <p role="status" className="max-w-[66ch] border-l-2 border-weld pl-4">
          {warning}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {canSpend(purchase, nowMs) && (
          <Button kind="plain" disabled={isBusy} onClick={onSpend}>
            {warning ? 'Pay privately all the same' : 'Pay privately with one'}
          </Button>
        )}
        {isOwn && unused > 0 && (
          <Button kind="plain" disabled={isBusy} onClick={onGiveBack}>
            Give back {unused} for {weft(BigInt(unused) * valueWei)}
          </Button>
        )}
        {isOwn && isBondFree(purchase, nowMs) && (
          <Button kind="plain" disabled={isBusy} onClick={onBond}>
            Take back the bond
          </Button>
        )}
        <CopyButton
          label="Copy the backup"
          text={() => credits?.backup(purchase.id) ?? Promise.reject()}
        />
      </div>
    </li>
  )
}

import { Link } from '@tanstack/react-router'
import { useCell } from '@weft/react'
import { useMoney } from '../site/tab-context.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Switch } from '../ui/switch.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import { canSpend } from './purchase-words.ts'
import { usePurchases, useSpending } from './use-credits.ts'

/** One ticket pays from now on, and this tab goes on as a new peer. */
export default function PrivateSwitch() {
  const { wallet } = useWallet()
  const { funds } = useCell(useMoney().state)
  const network = wallet?.networks[0] ?? null
  const purchases = usePurchases(wallet, network)
  const spending = useSpending(wallet, network)
  const credits = network?.contracts.credits.toLowerCase()
  if (funds?.current && funds.payer.toLowerCase() === credits) {
    return (
      <p className="text-xs text-ash" data-testid="paid-privately">
        A ticket pays privately. Tabs still see your IP address.{' '}
        <Link to="/wallet" className="text-indigo underline underline-offset-2">
          What still tells who you are
        </Link>
      </p>
    )
  }
  const next = purchases?.find((each) => canSpend(each, Date.now()))
  if (!next) return null
  return (
    <div className="flex flex-wrap items-center gap-x-3 text-xs text-ash">
      <Switch
        label="Pay privately"
        checked={spending.step !== null}
        onChange={(isOn) => (isOn ? spending.spend(next) : spending.stop())}
      />
      <span aria-live="polite">
        {spending.step ??
          spending.warning?.text ??
          'Spends a ticket: this tab goes on as a new peer.'}
      </span>
      {spending.error && <ErrorNote error={spending.error} />}
    </div>
  )
}

import { useEffect } from 'react'
import { EarningsPanel } from '../money/earnings-panel.tsx'
import { usePurse } from '../money/use-money.ts'
import { readPreference } from '../site/preferences.ts'
import { useMoney } from '../site/tab-context.tsx'

/** For who asks for a price, or has: what came of it. */
export function PaidPanels({ asksMoney }: { asksMoney: boolean }) {
  const purse = usePurse()
  const money = useMoney()
  const isShown = asksMoney || readPreference('hasEarned')
  useEffect(() => {
    if (isShown) money.earn().catch(() => {}) // The wallet's state says what failed.
  }, [money, isShown])
  return isShown && purse ? <EarningsPanel purse={purse} /> : null
}

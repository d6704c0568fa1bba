import { useCell } from '@weft/react'
import type { Tab } from '@weft/sdk'
import { lazy, Suspense, useEffect } from 'react'
import { useTab } from '../site/tab-context.tsx'
import { loadPart } from '../ui/load-part.ts'

const PrivateSwitch = lazy(() =>
  // Without its code this page still asks and pays.
  loadPart(() => import('./private-switch.tsx')).catch(() => ({ default: NotFetched })),
)

/** Where this browser has tickets, one of them can pay from now on. Nothing is fetched where it has none. */
export function PayPrivately() {
  const tab = useTab()
  return tab && <WithTab tab={tab} />
}

function WithTab({ tab }: { tab: Tab }) {
  useEffect(() => void tab.credits.refresh().catch(() => {}), [tab])
  const hasBought = (useCell(tab.credits.purchases) ?? []).length > 0
  return (
    hasBought && (
      <Suspense>
        <PrivateSwitch />
      </Suspense>
    )
  )
}

function NotFetched() {
  return (
    <p className="text-xs text-ash">
      What pays with your tickets could not be fetched. They are kept: reload the page to use one.
    </p>
  )
}

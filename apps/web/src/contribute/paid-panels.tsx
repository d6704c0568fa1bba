import { costWei, freePrice } from '@weft/protocol'
import { useCell } from '@weft/react'
import type { Cell, CourtState } from '@weft/sdk'
import { useEffect } from 'react'
import { EarningsPanel } from '../money/earnings-panel.tsx'
import { parsePrice } from '../money/price-words.ts'
import { Section } from '../money/section.tsx'
import { usePurse } from '../money/use-money.ts'
import { readPreference } from '../site/preferences.ts'
import { useMoney, useTab } from '../site/tab-context.tsx'
import { CheatingNote } from '../verify/cheating-note.tsx'

/** For who asks for a price, or has: what came of it. */
export function PaidPanels({ asksMoney }: { asksMoney: boolean }) {
  const purse = usePurse()
  const money = useMoney()
  const isShown = asksMoney || readPreference('hasEarned')
  useEffect(() => {
    if (isShown) money.earn().catch(() => {}) // The wallet's state says what failed.
  }, [money, isShown])
  if (!isShown || !purse) return null
  return (
    <>
      <EarningsPanel purse={purse} />
      <CheatingHere />
    </>
  )
}

/** What a false answer of this tab would cost its owner. */
function CheatingHere() {
  const state = useCell(useTab()?.court.state ?? nowhere)
  if (!state?.standing) return null
  const price = parsePrice(readPreference('priceAsked')).price ?? freePrice
  const gainWei = costWei(price, { inputTokens: usualTokens, outputTokens: usualTokens })
  const { rules, standing } = state
  return (
    <Section title="What cheating costs">
      <CheatingNote
        init={{ rules, stakeWei: standing.stakeWei, gainWei }}
        whose="This tab"
        answers={`an answer of ${usualTokens} tokens to a prompt of as many brings`}
      />
    </Section>
  )
}

const usualTokens = 500
const nowhere: Cell<CourtState | null> = { get: () => null, subscribe: () => () => {} }

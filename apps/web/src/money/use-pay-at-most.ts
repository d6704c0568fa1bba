/**
 * The dearest tab that is asked.
 * @module
 */
import type { Price } from '@weft/protocol'
import { useEffect, useMemo, useState } from 'react'
import { readPreference, writePreference } from '../site/preferences.ts'
import { parsePayAtMost } from './price-words.ts'
import { useSpending } from './use-money.ts'

/** `maxPrice` is null while this page may spend nothing, whatever was typed. */
export function usePayAtMost(): {
  payAtMost: string
  setPayAtMost: (text: string) => void
  maxPrice: Price | null
} {
  const [payAtMost, setPayAtMost] = useState(() => readPreference('payAtMost'))
  const maySpend = useSpending() !== null
  useEffect(() => writePreference('payAtMost', payAtMost), [payAtMost])
  const maxPrice = useMemo(
    () => (maySpend ? parsePayAtMost(payAtMost) : null),
    [maySpend, payAtMost],
  )
  return { payAtMost, setPayAtMost, maxPrice }
}

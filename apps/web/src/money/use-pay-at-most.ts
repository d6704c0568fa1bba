/**
 * The dearest tab that is asked.
 * @module
 */
import type { Price } from '@weft/protocol'
import { useEffect, useMemo, useState } from 'react'
import { readPreference, writePreference } from '../site/preferences.ts'
import { parsePayAtMost } from './price-words.ts'

/** Without money of its own a page asks only free tabs, whatever was typed: see `generate`. */
export function usePayAtMost(): {
  payAtMost: string
  setPayAtMost: (text: string) => void
  maxPrice: Price | null
} {
  const [payAtMost, setPayAtMost] = useState(() => readPreference('payAtMost'))
  useEffect(() => writePreference('payAtMost', payAtMost), [payAtMost])
  const maxPrice = useMemo(() => parsePayAtMost(payAtMost), [payAtMost])
  return { payAtMost, setPayAtMost, maxPrice }
}

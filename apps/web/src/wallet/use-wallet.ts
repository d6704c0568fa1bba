/**
 * The wallet for screens.
 * @module
 */

import { useCell } from '@weft/react'
import { useEffect, useState } from 'react'
import { useLazyWallet } from '../site/tab-context.tsx'
import type { WalletActions, WalletState } from './wallet-state.ts'

/** A block of most chains; what the person does is read at once. */
const refreshEveryMs = 10_000

/** Loads the wallet's script; balances are read now and then while a screen shows them. */
export function useWallet(): { state: WalletState; wallet: WalletActions | null } {
  const lazy = useLazyWallet()
  const state = useCell(lazy.state)
  const [wallet, setWallet] = useState<WalletActions | null>(null)
  useEffect(() => {
    let isShown = true
    lazy.load().then(
      (loaded) => isShown && setWallet(loaded),
      () => {}, // The state says so.
    )
    return () => {
      isShown = false
    }
  }, [lazy])
  useEffect(() => {
    if (!wallet) return
    const refresh = () => {
      if (document.visibilityState === 'visible') void wallet.refresh()
    }
    const timer = setInterval(refresh, refreshEveryMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [wallet])
  return { state, wallet }
}

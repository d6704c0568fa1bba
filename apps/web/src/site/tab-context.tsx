/**
 * What the page has of Weft: the tab, once it is open, and the conversations.
 * @module
 */

import { useCell } from '@weft/react'
import type { Tab } from '@weft/sdk'
import { createContext, use } from 'react'
import type { Session } from '../chat/session.ts'
import type { Money } from '../money/money.ts'
import type { LazyWallet } from '../wallet/lazy-wallet.ts'
import type { OpenedTab, Site, SiteState } from './open-site.ts'

type SiteValue = { site: Site; session: Session; wallet: LazyWallet; money: Money }

export const SiteContext = createContext<SiteValue | null>(null)

export function useSite(): SiteValue {
  const value = use(SiteContext)
  if (!value) throw new Error('SiteContext is missing above this component.')
  return value
}

export function useSession(): Session {
  return useSite().session
}

export function useLazyWallet(): LazyWallet {
  return useSite().wallet
}

export function useMoney(): Money {
  return useSite().money
}

export function useSiteState(): SiteState {
  return useCell(useSite().site.state)
}

/** For whatever a person touches before asking: the tab opens meanwhile. */
export function useIntent() {
  const { open } = useSite().site
  return { onPointerEnter: open, onFocus: open }
}

/** The tab and what came with it, null until it is open. */
export function useOpened(): OpenedTab | null {
  const state = useSiteState()
  return state.phase === 'ready' ? state : null
}

/** The tab, null until it is open. */
export function useTab(): Tab | null {
  return useOpened()?.tab ?? null
}

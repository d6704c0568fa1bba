/**
 * The wallet, whose script is fetched when a screen first asks for it.
 * @module
 */

import { toData } from '../site/open-site.ts'
import type { SiteConfig } from '../site/site-config.ts'
import { createStore, type Store } from '../site/store.ts'
import { loadPart } from '../ui/load-part.ts'
import type { WalletActions, WalletState } from './wallet-state.ts'

export type LazyWallet = {
  state: Store<WalletState>
  /** The same one every time. Rejects with why there is none, which the state says as well. */
  load(): Promise<WalletActions>
}

export function createLazyWallet(config: () => Promise<SiteConfig>): LazyWallet {
  const state = createStore<WalletState>({ phase: 'loading' })
  let loading: Promise<WalletActions> | undefined

  async function load(): Promise<WalletActions> {
    const part = loadPart(() => import('./open-wallet.ts'))
    const [{ openWallet }, { networks }] = await Promise.all([part, config()])
    return openWallet(networks, state)
  }
  return {
    state,
    load() {
      loading ??= load().catch((error) => {
        loading = undefined // The next screen tries again.
        state.update(() => ({ phase: 'off', error: toData(error) }))
        throw error
      })
      return loading
    },
  }
}

/**
 * What the token is worth, for as long as somebody looks.
 * @module
 */
import type { FiatRate } from '@weft/payments/chain'
import { useCell } from '@weft/react'
import { useEffect } from 'react'
import { createStore } from '../site/store.ts'
import { useLazyWallet, useSite } from '../site/tab-context.tsx'
import type { LazyWallet } from '../wallet/lazy-wallet.ts'

const readEveryMs = 5 * 60_000

/** One for the page: every amount on it is told by the same rate. */
const known = createStore<FiatRate | null>(null)
let readAtMs = Number.NEGATIVE_INFINITY

/** As `weft.json` has it; whoever reads it checks it in full. */
function hasFeed(networks: unknown): boolean {
  return Array.isArray(networks) && Boolean(networks.find((each) => each?.contracts)?.fiatFeed)
}

/** @returns null where the network that is paid on has no feed, or while it says nothing that counts */
export function useFiat(): FiatRate | null {
  const { site } = useSite()
  const wallet = useLazyWallet()
  useEffect(() => {
    const look = () =>
      void site.config
        .then(({ networks }) => (hasFeed(networks) ? read(wallet) : undefined))
        .catch(() => known.update(() => null)) // Amounts stand alone then.
    look()
    const timer = setInterval(look, readEveryMs)
    return () => clearInterval(timer)
  }, [site, wallet])
  return useCell(known)
}

async function read(wallet: LazyWallet): Promise<void> {
  if (performance.now() - readAtMs < readEveryMs / 2) return
  readAtMs = performance.now()
  const actions = await wallet.load()
  const [network] = actions.networks
  const rate = network ? await actions.fiatRate(network) : null
  known.update(() => rate)
}

import type { Models } from '@weft/sdk'
import { useEffect } from 'react'
import { useTab } from './tab-context.tsx'

/** How often the count of live nodes is asked for while the page is looked at. */
const refreshEveryMs = 10_000

/** Keeps the counts of `models.list` fresh while they are shown. */
export function useLiveNodes(models: Models | null): void {
  const network = useTab()?.network
  useEffect(() => {
    if (!models || !network) return
    const refresh = () => {
      if (document.visibilityState === 'visible') void models.refreshLiveNodes()
    }
    refresh()
    let wasOnline = false
    const unsubscribe = network.subscribe(() => {
      const isOnline = network.get().relays.some(({ state }) => state === 'online')
      if (isOnline && !wasOnline) refresh()
      wasOnline = isOnline
    })
    const timer = setInterval(refresh, refreshEveryMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      unsubscribe()
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [models, network])
}

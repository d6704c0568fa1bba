import type { Models } from '@weft/sdk'
import { useEffect } from 'react'

/** How often the count of live nodes is asked for while the page is looked at. */
const refreshEveryMs = 15_000

/** Keeps the counts of `models.list` fresh while they are shown. */
export function useLiveNodes(models: Models | null): void {
  useEffect(() => {
    if (!models) return
    const refresh = () => {
      if (document.visibilityState === 'visible') void models.refreshLiveNodes()
    }
    refresh()
    const timer = setInterval(refresh, refreshEveryMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [models])
}

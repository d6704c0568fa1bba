/**
 * Keeps what a visitor sees of the network fresh, until this tab has joined it and knows itself.
 * @module
 */
import { useEffect, useState } from 'react'
import { type FirstModel, readFirstModel, readLiveNodes } from './look.ts'
import { useSite, useSiteState } from './tab-context.tsx'

/** How often the count is asked for while the page is looked at. */
const refreshEveryMs = 30_000

/** @returns how many nodes answer; null before it is known, and where nobody says */
export function useNodesSeen(): number | null {
  const { site } = useSite()
  const [nodes, setNodes] = useState<number | null>(null)
  useEffect(() => {
    let isShown = true
    const read = async () => {
      if (document.visibilityState !== 'visible') return
      const seen = await site.config.then(readLiveNodes, () => null)
      if (isShown) setNodes(seen)
    }
    void read()
    const timer = setInterval(read, refreshEveryMs)
    document.addEventListener('visibilitychange', read)
    return () => {
      isShown = false
      clearInterval(timer)
      document.removeEventListener('visibilitychange', read)
    }
  }, [site])
  return nodes
}

/** @returns null while the tab opens by itself, or the site's list cannot be read */
export function useFirstModel(): FirstModel | null {
  const { site } = useSite()
  const isResting = useSiteState().phase === 'resting'
  const [model, setModel] = useState<FirstModel | null>(null)
  useEffect(() => {
    if (!isResting) return
    let isShown = true
    const show = (read: FirstModel | null) => isShown && setModel(read)
    site.config.then(readFirstModel).then(show, () => {}) // What is wrong with the settings is said by the site.
    return () => {
      isShown = false
    }
  }, [site, isResting])
  return model
}

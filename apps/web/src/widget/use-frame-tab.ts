import type { Tab } from '@weft/sdk'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { OpenedTab } from '../site/open-site.ts'
import { useFrame } from './frame-context.tsx'

/** What the visitor has let the frame open; null before. */
export function useFrameTab(): OpenedTab | null {
  const { opened } = useFrame()
  const [site, setSite] = useState<OpenedTab | null>(null)
  useEffect(() => {
    opened.then(setSite, () => {}) // Every answer says why.
  }, [opened])
  return site
}

const nothing = () => () => {}

/** What this device's engine does. */
export function useFrameEngine(): ReturnType<Tab['models']['engine']['get']> {
  const engine = useFrameTab()?.tab.models.engine
  return useSyncExternalStore(engine?.subscribe ?? nothing, engine?.get ?? noEngine)
}

const empty = { phase: 'empty' } as const
const noEngine = () => empty

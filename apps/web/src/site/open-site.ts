/**
 * Opens the tab after the first paint: the settings, then the SDK, which is most of the script.
 * @module
 */
import { WeftError, type WeftErrorData } from '@weft/protocol'
import type { Cell, Tab } from '@weft/sdk'
import { followPausePolicy, readPausePolicy, writePausePolicy } from './preferences.ts'
import { fetchSiteConfig, type SiteConfig } from './site-config.ts'
import { createStore } from './store.ts'
import type * as TabParts from './tab-parts.ts'

/** What the loaded SDK gives to the page. */
export type OpenedTab = Omit<typeof TabParts, 'openTab' | 'parsePolicy'> & { tab: Tab }

export type SiteState =
  | { phase: 'opening' }
  | ({ phase: 'ready' } & OpenedTab)
  | { phase: 'failed'; error: WeftErrorData }

export type Site = {
  state: Cell<SiteState>
  /** Rejects with the WeftError of the failed state. */
  opened: Promise<OpenedTab>
  /** Rejects with the WeftError of the failed state. */
  config: Promise<SiteConfig>
}

export function openSite(): Site {
  const state = createStore<SiteState>({ phase: 'opening' })
  const config = fetchSiteConfig()
  const opened = openTabOf(config)
  opened.then(
    (ready) => state.update(() => ({ phase: 'ready', ...ready })),
    (error) => state.update(() => ({ phase: 'failed', error: toData(error) })),
  )
  return { state, opened, config }
}

export async function openTabOf(reading: Promise<SiteConfig>): Promise<OpenedTab> {
  const [config, { openTab, parsePolicy, ...parts }] = await Promise.all([
    reading,
    import('./tab-parts.ts'),
  ])
  const tab = await openTab({ ...config.tab, pausePolicy: readPausePolicy() })
  tab.node.policy.subscribe(() => writePausePolicy(tab.node.policy.get()))
  followPausePolicy(() => tab.node.setPolicy(parsePolicy(readPausePolicy())))
  return { tab, ...parts }
}

export function toData(error: unknown): WeftErrorData {
  return WeftError.from(error, 'web/unexpected', 'Something went wrong on this page.').toJSON()
}

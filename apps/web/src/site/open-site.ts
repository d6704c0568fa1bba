/**
 * Opens the tab when there is a reason for it: the SDK and the network are most of the script, and who only reads
 * needs neither.
 * @module
 */
import { WeftError, type WeftErrorData } from '@weft/protocol'
import type { Cell, Tab } from '@weft/sdk'
import {
  followPausePolicy,
  readPausePolicy,
  writePausePolicy,
  writePreference,
} from './preferences.ts'
import { fetchSiteConfig, type SiteConfig } from './site-config.ts'
import { createStore } from './store.ts'
import type * as TabParts from './tab-parts.ts'
import { keepsSomething, leftSomething } from './was-here.ts'

/** What the loaded SDK gives to the page. */
export type OpenedTab = Omit<typeof TabParts, 'openTab' | 'parsePolicy'> & { tab: Tab }

export type SiteState =
  /** Nobody has asked for anything yet. */
  | { phase: 'resting' }
  | { phase: 'opening' }
  | ({ phase: 'ready' } & OpenedTab)
  | { phase: 'failed'; error: WeftErrorData }

export type Site = {
  state: Cell<SiteState>
  /** Loads the SDK and joins the network, at the first call; `state` tells what comes of it. */
  open(): void
  /** Once somebody calls `open`. Rejects with the WeftError of the failed state. */
  opened: Promise<OpenedTab>
  /** Rejects with the WeftError of the failed state. */
  config: Promise<SiteConfig>
}

export function createSite(): Site {
  const state = createStore<SiteState>({ phase: 'resting' })
  const { promise: opened, resolve, reject } = Promise.withResolvers<OpenedTab>()
  const config = fetchSiteConfig()
  const open = () => {
    if (state.get().phase !== 'resting') return
    state.update(() => ({ phase: 'opening' }))
    openTabOf(config).then(resolve, reject)
  }
  config.catch(reject) // What is wrong there is said at once, and needs no SDK.
  opened.then(
    (ready) => {
      writePreference('hasJoined', true)
      state.update(() => ({ phase: 'ready', ...ready }))
    },
    (error) => state.update(() => ({ phase: 'failed', error: toData(error) })),
  )
  // Whoever was here before has the script, and comes to ask, to answer, or to what was kept.
  if (leftSomething()) open()
  else keepsSomething().then((keeps) => keeps && open())
  return { state, open, opened, config }
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

/**
 * Opens the tab after the first paint: the settings, then the SDK, which is most of the script.
 * @module
 */
import { WeftError, type WeftErrorData } from '@weft/protocol'
import type { Cell, fitsDevice, foldAnswer, readDevice, Tab } from '@weft/sdk'
import type { parseSettings } from '../chat/parse-settings.ts'
import { followPausePolicy, readPausePolicy, writePausePolicy } from './preferences.ts'
import { fetchSiteConfig, type SiteConfig } from './site-config.ts'
import { createStore } from './store.ts'

/** What the loaded SDK gives to the page. */
export type OpenedTab = {
  tab: Tab
  foldAnswer: typeof foldAnswer
  fitsDevice: typeof fitsDevice
  readDevice: typeof readDevice
  parseSettings: typeof parseSettings
}

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
  const [config, { openTab }, sdk, { parseSettings }] = await Promise.all([
    reading,
    import('@weft/sdk/tab'),
    import('@weft/sdk'),
    import('../chat/parse-settings.ts'),
  ])
  const { parsePolicy, foldAnswer, fitsDevice, readDevice } = sdk
  const tab = await openTab({ ...config.tab, pausePolicy: readPausePolicy() })
  tab.node.policy.subscribe(() => writePausePolicy(tab.node.policy.get()))
  followPausePolicy(() => tab.node.setPolicy(parsePolicy(readPausePolicy())))
  return { tab, foldAnswer, fitsDevice, readDevice, parseSettings }
}

export function toData(error: unknown): WeftErrorData {
  return WeftError.from(error, 'web/unexpected', 'Something went wrong on this page.').toJSON()
}

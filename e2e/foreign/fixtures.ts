/**
 * Visitors of other people's sites.
 * @module
 */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { test as base } from '../fixtures.ts'
import { type ForeignSite, serveForeign } from './serve.ts'

const foreignPort = 7295

/**
 * Playwright switches off that storage is kept apart for each site that a frame is in, and then a frame has none.
 * The last list of switched-off features is the one that counts.
 */
const asBrowsersAre = ['--disable-features=Translate']

type Visitor = { visitor(options?: BrowserContextOptions): Promise<Page> }

export const test = base.extend<Visitor, { foreign: ForeignSite }>({
  visitor: async ({ newBrowserPage }, use) => {
    await use((options) => newBrowserPage(options, asBrowsersAre))
  },
  foreign: [
    async ({ siteUrl }, use) => {
      const foreign = await serveForeign(siteUrl, foreignPort)
      await use(foreign)
      await foreign.stop()
    },
    { scope: 'worker' },
  ],
})

export { expect } from '@playwright/test'

/**
 * Visitors of other people's sites.
 * @module
 */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { test as base } from '../fixtures.ts'
import { type ForeignSite, serveForeign } from './serve.ts'
import { openSponsor, type Sponsor } from './sponsor.ts'

const foreignPort = 7295

/**
 * Playwright switches off that storage is kept apart for each site that a frame is in, and then a frame has none.
 * The last list of switched-off features is the one that counts.
 */
const asBrowsersAre = ['--disable-features=Translate']

type Visitor = {
  visitor(options?: BrowserContextOptions): Promise<Page>
  /** An app that pays for the visitors of foreign pages, until the test ends. */
  sponsor: Sponsor
}

export const test = base.extend<Visitor, { foreign: ForeignSite }>({
  visitor: async ({ newBrowserPage }, use) => {
    await use((options) => newBrowserPage(options, asBrowsersAre))
  },
  sponsor: async ({ newBrowserPage, siteUrl, foreign }, use) => {
    const sponsor = await openSponsor(await newBrowserPage(), siteUrl, foreign.url)
    await use(sponsor)
    await sponsor.end()
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

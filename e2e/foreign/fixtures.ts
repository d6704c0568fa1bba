/**
 * Visitors of other people's sites.
 * @module
 */
import type { BrowserContextOptions, Page } from '@playwright/test'
import { test as base } from '../fixtures.ts'
import { openSponsor, type Sponsor } from './sponsor.ts'

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

export const test = base.extend<Visitor>({
  visitor: async ({ newBrowserPage }, use) => {
    await use((options) => newBrowserPage(options, asBrowsersAre))
  },
  sponsor: async ({ newBrowserPage, siteUrl, foreign }, use) => {
    const sponsor = await openSponsor(await newBrowserPage(), siteUrl, foreign.url)
    await use(sponsor)
    await sponsor.end()
  },
})

export { expect } from '@playwright/test'

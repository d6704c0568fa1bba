/**
 * A relay process, a site, and browsers: each tab in a Chromium process of its own.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  chromium,
  type LaunchOptions,
  type Page,
} from '@playwright/test'
import { chromiumFlags, chromiumSandbox, findChromium } from '@weft/weft/chromium'
import { startCheats } from './cheats/start-cheats.ts'
import { type Backend, startServing } from './contributor.ts'
import { type ForeignSite, serveForeign } from './foreign/serve.ts'
import { type Relay, startRelay, startSite } from './processes.ts'

const sitePort = 7270
const relayPort = 7280
const foreignPort = 7295

export type RelayControl = {
  http: string
  kill(): Promise<void>
  restart(): Promise<void>
}

/**
 * What is started once, when a test first needs it. All of it is here, since where two files know different ones
 * Playwright ends the worker between them, and the next one builds the site again.
 */
type WorkerFixtures = {
  relay: RelayControl
  siteUrl: string
  /** The same site with contributors that cheat. */
  cheatsUrl: string
  /** A site of other people. */
  foreign: ForeignSite
}

export type Profile = { open(): Promise<Page> }

type TestFixtures = {
  /** A page in a new Chromium process, which ends with the test. */
  newBrowserPage(options?: BrowserContextOptions, args?: string[]): Promise<Page>
  /** A browser that keeps what its pages store: opened again, it is the same one, whatever had ended it. */
  newProfile(): Promise<Profile>
  /** A contributor tab that serves, in its own Chromium process. */
  contributor(backend: Backend): Promise<Page>
}

function launchOptions(args: string[] = []): LaunchOptions {
  const found = findChromium()
  if (!found) throw new Error('No Chromium: run npm test, which installs one.')
  return {
    executablePath: found.executablePath,
    chromiumSandbox,
    args: [...chromiumFlags.quiet, ...chromiumFlags.softwareGpu, ...args],
  }
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  relay: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from it.
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'weft-e2e-'))
      const keyFile = join(folder, 'relay.key')
      let current: Relay = await startRelay(relayPort, keyFile)
      const { http } = current
      await use({
        http,
        kill: async () => void (await current.end('SIGKILL')),
        restart: async () => {
          current = await startRelay(relayPort, keyFile)
        },
      })
      await current.end()
      await rm(folder, { recursive: true })
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  siteUrl: [
    async ({ relay }, use) => {
      const health = await (await fetch(`${relay.http}/health`)).json()
      const stateFolder = await mkdtemp(join(tmpdir(), 'weft-e2e-'))
      const [address] = health.addresses
      const place = { address, http: relay.http }
      const site = await startSite({ port: sitePort, relay: place, stateFolder })
      await use(site.url)
      await site.end()
      await rm(stateFolder, { recursive: true })
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  cheatsUrl: [
    async ({ siteUrl }, use) => {
      const cheats = await startCheats(siteUrl)
      await use(cheats.url)
      await cheats.end()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  foreign: [
    async ({ siteUrl }, use) => {
      const foreign = await serveForeign(siteUrl, foreignPort)
      await use(foreign)
      await foreign.stop()
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from it.
  newBrowserPage: async ({}, use) => {
    const browsers: Browser[] = []
    await use(async (options, args) => {
      const browser = await chromium.launch(launchOptions(args))
      browsers.push(browser)
      const context = await browser.newContext(options)
      return context.newPage()
    })
    await Promise.all(browsers.map((browser) => browser.close()))
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from it.
  newProfile: async ({}, use) => {
    const contexts: BrowserContext[] = []
    const folders: string[] = []
    await use(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'weft-e2e-'))
      folders.push(folder)
      return {
        async open() {
          const context = await chromium.launchPersistentContext(folder, launchOptions())
          contexts.push(context)
          return context.newPage()
        },
      }
    })
    await Promise.all(contexts.map((context) => context.close()))
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))
  },
  contributor: async ({ newBrowserPage, siteUrl }, use) => {
    await use(async (backend) => {
      const page = await newBrowserPage()
      await startServing(page, siteUrl, { backend })
      return page
    })
  },
})

export { expect } from '@playwright/test'

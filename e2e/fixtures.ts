/**
 * A relay process, a site, and browsers: each tab in a Chromium process of its own.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Browser,
  type BrowserContextOptions,
  test as base,
  chromium,
  type Page,
} from '@playwright/test'
import { chromiumFlags, chromiumSandbox, findChromium } from '@weft/weft/chromium'
import { type Relay, startRelay, startSite } from './processes.ts'

const sitePort = 7270
const relayPort = 7280

export type Backend = 'wasm' | 'webgpu'

export type RelayControl = {
  http: string
  kill(): Promise<void>
  restart(): Promise<void>
}

type WorkerFixtures = {
  relay: RelayControl
  siteUrl: string
}

type TestFixtures = {
  /** A page in a new Chromium process, which ends with the test. */
  newBrowserPage(options?: BrowserContextOptions): Promise<Page>
  /** A contributor tab that serves, in its own Chromium process. */
  contributor(backend: Backend): Promise<Page>
}

function launch(): Promise<Browser> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium: run npm test, which installs one.')
  return chromium.launch({
    executablePath: found.executablePath,
    chromiumSandbox,
    args: [...chromiumFlags.quiet, ...chromiumFlags.softwareGpu],
  })
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
      const [relayAddress] = health.addresses
      const site = await startSite({ port: sitePort, relay: relayAddress, stateFolder })
      await use(site.url)
      await site.end()
      await rm(stateFolder, { recursive: true })
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from it.
  newBrowserPage: async ({}, use) => {
    const browsers: Browser[] = []
    await use(async (options) => {
      const browser = await launch()
      browsers.push(browser)
      const context = await browser.newContext(options)
      return context.newPage()
    })
    await Promise.all(browsers.map((browser) => browser.close()))
  },
  contributor: async ({ newBrowserPage, siteUrl }, use) => {
    await use(async (backend) => {
      const page = await newBrowserPage()
      await page.goto(`${siteUrl}/contribute`)
      await page.getByRole('combobox', { name: 'Backend' }).selectOption(backend)
      await page.getByRole('combobox', { name: 'On battery' }).selectOption('serve')
      await page.getByRole('switch', { name: 'Serve' }).click()
      const status = page.getByRole('status', { name: 'Node status' })
      await status.filter({ hasText: 'Ready and registered' }).waitFor({ timeout: 90_000 })
      return page
    })
  },
})

export { expect } from '@playwright/test'

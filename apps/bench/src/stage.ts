/**
 * The stage of a network benchmark: a relay process, the bench page or the site built and served, and
 * tabs in Chromium processes of their own.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromiumFlags, chromiumSandbox, findChromium } from '@weft/weft/chromium'
import { freePort } from '@weft/weft/free-port'
import { startRelay } from '@weft/weft/relay-process'
import { buildSite, type SiteChain, serveSite } from '@weft/weft/site'
import { chromium, type Page } from 'playwright-core'

export type Stage = {
  relayHttp: string
  /** Where the page is served. */
  url: string
  /** Opens the page in a new Chromium process. */
  openTab(): Promise<Page>
  /** Builds and serves another page on the same relay. @returns its URL */
  serve(what: keyof typeof locations): Promise<string>
  close(): Promise<void>
}

const host = '127.0.0.1'
const pageFolder = (name: string) => fileURLToPath(new URL(`../${name}/`, import.meta.url))
const weftFolder = fileURLToPath(new URL('../../../.weft/', import.meta.url))
const locations = {
  bench: { root: pageFolder('page'), outDir: join(weftFolder, 'bench-page') },
  chunks: { root: pageFolder('chunk-page'), outDir: join(weftFolder, 'bench-chunk-page') },
  vouchers: { root: pageFolder('voucher-page'), outDir: join(weftFolder, 'bench-voucher-page') },
  proofs: { root: pageFolder('proof-page'), outDir: join(weftFolder, 'bench-proof-page') },
  site: { outDir: join(weftFolder, 'bench-site') },
}

/**
 * @param what - a page without screens, or the site that people see
 * @param chain - answers under the page's own address
 * @throws Error when there is no Chromium or a part does not start
 */
export async function openStage(
  what: keyof typeof locations = 'bench',
  chain?: SiteChain,
): Promise<Stage> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium was found. Install one, or set CHROMIUM_PATH.')
  const folder = await mkdtemp(join(tmpdir(), 'weft-bench-'))
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })]
  const close = async () => {
    for (const end of closers.reverse()) await end()
  }
  try {
    const port = await freePort(7470, host)
    const relay = await startRelay({
      host,
      port,
      httpPort: await freePort(port + 1, host),
      keyFile: join(folder, 'relay.key'),
      stopping: new AbortController().signal,
      onRestart: () => {},
    })
    closers.push(relay.stop)
    const serve: Stage['serve'] = async (page) => {
      const location = locations[page]
      await buildSite(location)
      const site = await serveSite({
        host,
        port: await freePort(port + 2, host),
        config: { relays: [relay.address], iceServers: [], modelsUrl: '/models/' },
        relayHttp: relay.http,
        dev: false,
        chain,
        location,
      })
      closers.push(site.stop)
      return site.url
    }
    const url = await serve(what)
    const openTab = async () => {
      const browser = await chromium.launch({
        executablePath: found.executablePath,
        chromiumSandbox,
        args: [...chromiumFlags.quiet, ...chromiumFlags.softwareGpu],
      })
      closers.push(() => browser.close())
      const page = await browser.newPage()
      await page.goto(url)
      return page
    }
    return { relayHttp: relay.http, url, openTab, serve, close }
  } catch (error) {
    await close()
    throw error
  }
}

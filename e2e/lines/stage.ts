/**
 * Relay and site in one namespace, each browser in one of its own.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { chromiumFlags, findChromium } from '@weft/weft/chromium'
import { type Running, root, run } from '../processes.ts'
import { commandAt, type Lines, openLines } from './lines.ts'

export const hub = 'hub'
export const nodeNames = ['node-1', 'node-2'] as const
export const clientName = 'client'

export type LineStage = Lines & {
  /** Opens the site in a new Chromium at a place. */
  openPage(place: string, path?: string): Promise<Page>
  /** Serves there until the page is closed. */
  openNode(place: string): Promise<Page>
}

const port = 7070
const readyMs = 90_000

/** @throws Error when there is no Chromium or a part does not start */
export async function openLineStage(): Promise<LineStage> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium was found. Install one, or set CHROMIUM_PATH.')
  const folder = await mkdtemp(join(tmpdir(), 'weft-lines-'))
  const lines = await openLines([hub, ...nodeNames, clientName])
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true }), lines.close]
  const { address } = lines.place(hub)
  const siteUrl = `http://${address}:${port}`

  const atHub = (script: string, ...args: string[]): Running => {
    const [command, ...enter] = lines.place(hub).enter
    const running = run(command, [...enter, process.execPath, join(root, script), ...args])
    closers.push(() => running.end())
    return running
  }

  const openPage: LineStage['openPage'] = async (place, path = '/') => {
    const browser = await chromium.launch({
      executablePath: commandAt(lines.place(place), found.executablePath, folder, place),
      // Namespaces need root, and Chromium refuses its sandbox to root.
      chromiumSandbox: false,
      args: [
        ...chromiumFlags.quiet,
        // Multicast does not pass between namespaces, so addresses stand for themselves.
        '--disable-features=WebRtcHideLocalIpsWithMdns',
        `--unsafely-treat-insecure-origin-as-secure=${siteUrl}`,
      ],
    })
    closers.push(() => browser.close())
    const page = await browser.newPage()
    await page.goto(`${siteUrl}${path}`)
    return page
  }

  const close = async () => {
    for (const end of closers.reverse()) await end()
  }
  try {
    const keyFile = join(folder, 'relay.key')
    const ports = ['--port', `${port + 1}`, '--http-port', `${port + 2}`]
    const flags = ['--host', address, ...ports, '--key-file', keyFile]
    const relay = atHub('apps/relay/src/main.ts', ...flags)
    const ready = JSON.parse(await relay.line('"ready":true'))
    const outDir = join(root, '.weft/lines-site')
    const site = atHub('e2e/lines/site.ts', address, `${port}`, ready.address, outDir)
    await site.line('The site is served.')
    return {
      ...lines,
      close,
      openPage,
      async openNode(place) {
        const page = await openPage(place, '/contribute')
        await page.getByRole('combobox', { name: 'Backend' }).selectOption('wasm')
        await page.getByRole('switch', { name: 'Serve' }).click()
        const status = page.getByRole('status', { name: 'Node status' })
        await status.filter({ hasText: 'Ready and registered' }).waitFor({ timeout: readyMs })
        return page
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

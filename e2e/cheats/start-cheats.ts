/**
 * Contributors that cheat: the site's own pages with another engine in them.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { run } from '../processes.ts'
import type { Cheat } from './cheat.ts'

const cheatsPort = 7290

/** Of an honest tab, or of one that cheats; to be told before the page opens. */
export async function willCheat(page: Page, cheat: Cheat): Promise<void> {
  await page.addInitScript((name) => {
    Object.assign(window, { weftCheat: name })
  }, cheat)
}

/** @returns where cheats open what others open at `siteUrl`: the same relay, the same chain */
export async function startCheats(siteUrl: string): Promise<{ url: string; end(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-e2e-cheats-'))
  const args = ['e2e/cheats/serve.ts', `${cheatsPort}`, siteUrl, folder]
  const server = run(process.execPath, args)
  await server.line('The cheats are served.', 120_000)
  return {
    url: `http://localhost:${cheatsPort}`,
    async end() {
      await server.end()
      await rm(folder, { recursive: true })
    },
  }
}

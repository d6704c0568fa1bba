/**
 * One contributor tab in a headless Chromium.
 * @module
 */
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { chromiumFlags, chromiumSandbox, type FoundChromium, type Reach } from './chromium.ts'

export type Resident = {
  /** What the Contribute page says of the engine, e.g. `Bobbin on the CPU`. */
  sentence: string
  stop(): Promise<void>
}

export type ResidentInit = {
  found: FoundChromium
  reach: Reach
  siteUrl: string
  /** Keeps the tab's identity and model files over restarts. */
  profileFolder: string
  /** Ends it, also while it starts. */
  signal: AbortSignal
  /** Its tab or its browser went by itself after it was ready. */
  onLost: () => void
}

const readyTimeoutMs = 120_000

/** @throws Error when the browser does not start or the tab does not get ready in two minutes */
export async function startResident(init: ResidentInit): Promise<Resident> {
  const { siteUrl, signal, onLost } = init
  signal.throwIfAborted()
  const context = await launch(init)
  let isEnding = false
  const stop = async () => {
    isEnding = true
    await context.close()
  }
  const quietly = () => stop().catch(() => {})
  signal.addEventListener('abort', () => void quietly(), { once: true })
  try {
    signal.throwIfAborted()
    const page = context.pages()[0] ?? (await context.newPage())
    const status = await serveIn(page, siteUrl)
    const sentence = (await status.innerText()).replaceAll(/\s+/g, ' ').trim()
    const lose = () => {
      if (isEnding) return
      void quietly().then(onLost)
    }
    page.on('crash', lose)
    context.on('close', lose)
    return { sentence, stop }
  } catch (error) {
    await quietly()
    throw error
  }
}

/** Does what a contributor does: opens the page and switches Serve on. @returns the status line */
async function serveIn(page: Page, siteUrl: string): Promise<Locator> {
  await page.goto(`${siteUrl}/contribute`)
  // Who starts it wants it to answer, on a laptop's battery too.
  await page.getByRole('combobox', { name: 'On battery' }).selectOption('serve')
  await page.getByRole('switch', { name: 'Serve' }).click()
  const status = page.getByRole('status', { name: 'Node status' })
  await status.filter({ hasText: /ready/i }).waitFor({ timeout: readyTimeoutMs })
  return status
}

function launch({ found, reach, profileFolder }: ResidentInit): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profileFolder, {
    executablePath: found.executablePath,
    headless: true,
    chromiumSandbox,
    args: [...chromiumFlags.quiet, '--enable-unsafe-webgpu', ...reach.args],
    permissions: reach.permissions,
    handleSIGINT: false,
    handleSIGTERM: false,
  })
}

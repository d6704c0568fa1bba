/**
 * Somebody who was never here reads for a while, then pastes a prompt: what it costs them that the page joined nothing
 * while they read. Paired with the same person on a page that joined at load.
 * @module
 */
import { chromiumFlags, chromiumSandbox, findChromium } from '@weft/weft/chromium'
import { type Browser, chromium } from 'playwright-core'
import { median, rounded } from './report.ts'

const readingMs = 3_000
const answerMs = 60_000
const prompt = 'Tell me a story about a fox and a lantern.'

/** Milliseconds from reaching for the prompt until Enter; a hand takes about half a second at best. */
const hands = { newcomerAtOnce: 0, newcomer: 500 }

type Newcomer = {
  /** As if this browser had joined before. */
  hasJoined: boolean
  handMs: number
}

/** @returns medians from Enter to the first token of another tab */
export async function visitNewcomers(url: string, runs: number): Promise<Record<string, number>> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium was found. Install one, or set CHROMIUM_PATH.')
  const { executablePath } = found
  const args = chromiumFlags.quiet
  await using browser = await chromium.launch({ executablePath, chromiumSandbox, args })
  const kinds = Object.entries(hands).flatMap(([name, handMs]) =>
    [false, true].map((hasJoined) => ({
      name: `${name}${hasJoined ? 'JoinedAtLoad' : ''}Ms`,
      newcomer: { handMs, hasJoined },
      waits: [] as number[],
    })),
  )
  for (let run = 0; run < runs; run += 1) {
    for (const { newcomer, waits } of kinds) waits.push(await paste(browser, url, newcomer))
  }
  return Object.fromEntries(kinds.map(({ name, waits }) => [name, rounded(median(waits), 0)]))
}

async function paste(browser: Browser, url: string, { hasJoined, handMs }: Newcomer) {
  await using context = await browser.newContext()
  const page = await context.newPage()
  if (hasJoined) await page.addInitScript(() => localStorage.setItem('weft.hasJoined', 'true'))
  await page.goto(url)
  await page.waitForTimeout(readingMs)
  const field = page.getByRole('textbox', { name: 'Prompt' })
  await page.evaluate(() => {
    let sentMs = Number.POSITIVE_INFINITY
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === 'Enter') sentMs = performance.now()
    }
    document.addEventListener('keydown', onKeyDown, { capture: true })
    const look = () => {
      const summary = document.querySelector('[data-testid="answer-summary"]')
      if (Number(summary?.getAttribute('data-tokens') ?? 0) === 0) return
      observer.disconnect()
      Object.assign(window, { weftWaitMs: performance.now() - sentMs })
    }
    const observer = new MutationObserver(look)
    observer.observe(document, { subtree: true, childList: true, attributes: true })
  })
  if (handMs > 0) {
    await field.hover()
    await page.waitForTimeout(handMs)
  }
  await field.fill(prompt)
  await field.press('Enter')
  const read = () => (window as unknown as { weftWaitMs?: number }).weftWaitMs ?? null
  await page.waitForFunction(read, null, { timeout: answerMs })
  return (await page.evaluate(read)) ?? Number.POSITIVE_INFINITY
}

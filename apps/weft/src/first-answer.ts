/**
 * A visitor that asks in a browser of its own, as a person would.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { chromium, type Locator, type Page } from 'playwright-core'
import { chromiumFlags, chromiumSandbox, type FoundChromium, type Reach } from './chromium.ts'

const answerTimeoutMs = 60_000

export type AskInit = {
  found: FoundChromium
  reach: Reach
  siteUrl: string
  prompt: string
  onText: (added: string) => void
}

/**
 * Opens the Playground, asks, and hands over the text as it arrives from the resident tab.
 * @returns the line under the answer
 * @throws WeftError `weft/no-answer` with what the page says; Error when the browser does not start
 */
export async function askOnce(init: AskInit): Promise<string> {
  const { found, reach, siteUrl, prompt, onText } = init
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    chromiumSandbox,
    args: [...chromiumFlags.quiet, ...reach.args],
    handleSIGINT: false,
    handleSIGTERM: false,
  })
  try {
    const page = await browser.newPage({ permissions: reach.permissions })
    await page.goto(siteUrl)
    await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt)
    await page.getByRole('button', { name: 'Send' }).click()
    return await followAnswer(page, onText)
  } finally {
    await browser.close()
  }
}

async function followAnswer(page: Page, onText: (added: string) => void): Promise<string> {
  const answer = page.getByTestId('answer-text')
  const summary = page.getByTestId('answer-summary')
  const problem = page.getByRole('region', { name: 'Problem' })
  const deadlineMs = Date.now() + answerTimeoutMs
  let shown = ''
  for (;;) {
    const ended = (await summary.count()) > 0 && (await summary.getAttribute('data-finish')) !== ''
    const text = (await answer.count()) > 0 ? await answer.innerText() : ''
    if (text.startsWith(shown) && text.length > shown.length) {
      onText(text.slice(shown.length))
      shown = text
    }
    if ((await problem.count()) > 0) throw await problemOf(problem)
    if (ended) return oneLine(await summary.innerText())
    if (Date.now() > deadlineMs) {
      throw new WeftError('weft/no-answer', 'No answer came within a minute.')
    }
    await page.waitForTimeout(50)
  }
}

/** What happened, what to do, and what else is known of it. */
async function problemOf(problem: Locator): Promise<WeftError> {
  const [title = '', ...facts] = await problem.locator('p').allInnerTexts()
  return new WeftError('weft/no-answer', oneLine(title), { facts: facts.map(oneLine) })
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

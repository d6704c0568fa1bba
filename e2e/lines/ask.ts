/**
 * Asks as a person does, over a line that may be bad, and notes inside the page what came when.
 * @module
 */
import type { Page } from '@playwright/test'

export type Asked = {
  /** `stop` and `length` are whole; `failed` has a problem on the screen. */
  finish: string
  tokens: number
  /** Tabs that made a part. */
  peers: number
  firstTokenMs: number
  /** Until the end. */
  endMs: number
  /** From the last token, or the question, until the end. */
  silentMs: number
  /** The longest wait for another token. */
  longestGapMs: number
  /** What the page says under the answer: a problem, or who went on. */
  said: string
}

export type AskInit = {
  prompt?: string
  /** Called once, when so many tokens are there. */
  onToken?: { count: number; act: () => Promise<void> }
  withinMs?: number
}

type Seen = { atMs: number; tokens: number; finish: string }

const story = 'Tell me a story about a fox and a lantern.'

/** @throws Error when nothing has ended within the time */
export async function ask(page: Page, init: AskInit = {}): Promise<Asked> {
  const { prompt = story, onToken, withinMs = 60_000 } = init
  let acted: Promise<void> | null = null
  await page.exposeFunction('weftTokens', (count: number) => {
    if (!onToken || count < onToken.count || acted) return
    acted = onToken.act()
    // Told below, where it is waited for.
    acted.catch(() => {})
  })
  await page.evaluate(watch)
  await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.waitForFunction(isOver, null, { timeout: withinMs })
  await acted
  const { seen, beganMs } = await page.evaluate(readSeen)
  const grown = seen.filter(({ tokens }, index) => tokens > (seen[index - 1]?.tokens ?? 0))
  const times = grown.map(({ atMs }) => atMs)
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs))
  const last = seen.at(-1)
  const answers = page.getByRole('log', { name: 'Answer' })
  const summary = answers.getByTestId('answer-summary').last()
  const hasSummary = (await summary.count()) > 0
  const problem = answers.getByRole('region', { name: 'Problem' })
  const note = answers.getByText(/stopped (after|before)|tabs stopped/)
  const words = (await problem.count()) > 0 ? problem : note
  return {
    finish: last?.finish || 'failed',
    tokens: last?.tokens ?? 0,
    peers: hasSummary ? Number(await summary.getAttribute('data-peers')) : 0,
    firstTokenMs: Math.round((times[0] ?? Number.NaN) - beganMs),
    endMs: Math.round((last?.atMs ?? Number.NaN) - beganMs),
    silentMs: Math.round((last?.atMs ?? Number.NaN) - (times.at(-1) ?? beganMs)),
    longestGapMs: Math.round(Math.max(0, ...gaps)),
    said:
      (await words.count()) > 0 ? (await words.first().innerText()).replaceAll(/\s+/g, ' ') : '',
  }
}

declare global {
  interface Window {
    weftSeen: { seen: Seen[]; beganMs: number }
    weftTokens(count: number): void
  }
}

function watch(): void {
  const seen: Seen[] = []
  window.weftSeen = { seen, beganMs: 0 }
  addEventListener('submit', () => (window.weftSeen.beganMs ||= performance.now()), true)
  const look = () => {
    const summary = [...document.querySelectorAll('[data-testid="answer-summary"]')].at(-1)
    const problem = document.querySelector('[aria-label="Problem"]')
    const tokens = Number(summary?.getAttribute('data-tokens') ?? 0)
    const finish = problem ? 'failed' : (summary?.getAttribute('data-finish') ?? '')
    const last = seen.at(-1)
    if (last && last.tokens === tokens && last.finish === finish) return
    seen.push({ atMs: performance.now(), tokens, finish })
    window.weftTokens(tokens)
  }
  const all = { subtree: true, childList: true, attributes: true, characterData: true }
  new MutationObserver(look).observe(document.body, all)
}

function isOver(): boolean {
  return window.weftSeen.seen.some(({ finish }) => finish !== '')
}

function readSeen(): Window['weftSeen'] {
  return window.weftSeen
}

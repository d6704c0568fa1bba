/**
 * How soon a page is of use to somebody who was here before: the site itself as `npm start` serves it,
 * a new tab in a browser that keeps the model, timed inside the page from its navigation.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as inFolder } from 'node:path'
import { chromiumFlags, chromiumSandbox, findChromium } from '@weft/weft/chromium'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { visitNewcomers } from './join-newcomer.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage, type Stage } from './stage.ts'

const leastRuns = 7
const visitMs = 60_000
const prompt = 'Tell me a story about a fox and a lantern.'

/** `look` asks nothing; the others ask as soon as there is a field to write in. */
type Kind = 'look' | 'network' | 'local'

/** Milliseconds since the navigation began. */
type Marks = Partial<Record<Mark, number>>
const marks = ['painted', 'usable', 'online', 'offers', 'firstToken'] as const
type Mark = (typeof marks)[number]

export const join: Bench = {
  describe: 'a new tab of somebody who was here before: until it is ready, until the first token',
  goals: { pageToReadyMs: '<= 1500', pageToFirstTokenMs: '<= 3000' },
  async run({ runs, backend }: BenchOptions): Promise<BenchReport> {
    const stage = await openStage('site')
    const profile = await mkdtemp(inFolder(tmpdir(), 'weft-bench-'))
    try {
      const node = await stage.openTab()
      await node.goto(`${stage.url}/contribute`)
      await node.getByRole('combobox', { name: 'Backend' }).selectOption(backend)
      await node.getByRole('switch', { name: 'Serve' }).click()
      const status = node.getByRole('status', { name: 'Node status' })
      await status.filter({ hasText: 'Ready and registered' }).waitFor({ timeout: visitMs })
      await using browser = await openBrowser(profile)
      await visit(browser, stage, 'local') // So that the browser keeps the model, and has joined before.
      const visits: Record<Kind, Marks[]> = { look: [], network: [], local: [] }
      for (let run = 0; run < Math.max(runs, leastRuns); run += 1) {
        for (const kind of ['look', 'network', 'local'] as const) {
          visits[kind].push(await visit(browser, stage, kind))
        }
      }
      return report(visits, await visitNewcomers(stage.url, Math.max(runs, leastRuns)))
    } finally {
      await stage.close()
      await rm(profile, { recursive: true, force: true })
    }
  },
}

function openBrowser(profile: string): Promise<BrowserContext> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium was found. Install one, or set CHROMIUM_PATH.')
  return chromium.launchPersistentContext(profile, {
    executablePath: found.executablePath,
    headless: true,
    chromiumSandbox,
    args: chromiumFlags.quiet,
  })
}

/** A new tab of the browser, which is closed again. */
async function visit(browser: BrowserContext, { url }: Stage, kind: Kind): Promise<Marks> {
  const page = await browser.newPage()
  try {
    await page.addInitScript(watch, { kind, prompt })
    await page.goto(url)
    return await waitFor(page, kind === 'look' ? 'offers' : 'firstToken')
  } finally {
    await page.close()
  }
}

async function waitFor(page: Page, mark: Mark): Promise<Marks> {
  const seen = (name: Mark) =>
    (window as unknown as { weftMarks: Marks }).weftMarks[name] !== undefined
  await page.waitForFunction(seen, mark, { timeout: visitMs })
  return page.evaluate(() => (window as unknown as { weftMarks: Marks }).weftMarks)
}

/** Runs in the page before anything of it: notes what a person sees, and asks in their place. */
function watch({ kind, prompt: text }: { kind: Kind; prompt: string }): void {
  if (top !== self) return
  const seen: Marks = {}
  Object.assign(window, { weftMarks: seen })
  localStorage.setItem('weft.localOnly', String(kind === 'local'))
  const note = (mark: Mark, isThere: boolean) => {
    if (isThere) seen[mark] ??= performance.now()
  }
  const look = () => {
    const field = document.querySelector<HTMLTextAreaElement>('textarea[aria-label="Prompt"]')
    if (field && seen.usable === undefined && kind !== 'look') queueMicrotask(() => ask(field))
    note('usable', field !== null)
    const status = document.querySelector('[role="status"][aria-label="Network status"]')
    note('online', status?.textContent?.includes('Online') ?? false)
    const facts = document.getElementById('model-facts')?.textContent ?? ''
    note('offers', /\b\d+ nodes? live/.test(facts))
    const summary = document.querySelector('[data-testid="answer-summary"]')
    note('firstToken', Number(summary?.getAttribute('data-tokens') ?? 0) > 0)
  }
  /** As a person who types fast. */
  const ask = (field: HTMLTextAreaElement) => {
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set
    set?.call(field, text)
    field.dispatchEvent(new Event('input', { bubbles: true }))
    setTimeout(() => field.form?.requestSubmit())
  }
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  })
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name === 'first-contentful-paint') seen.painted = startTime
    }
  }).observe({ type: 'paint', buffered: true })
}

function report(visits: Record<Kind, Marks[]>, newcomers: Record<string, number>): BenchReport {
  const of = (kind: Kind, mark: Mark) =>
    rounded(median(visits[kind].map((seen) => seen[mark] ?? Number.POSITIVE_INFINITY)), 0)
  const ready = visits.look.map(({ usable, online, offers }) =>
    Math.max(...[usable, online, offers].map((at) => at ?? Number.POSITIVE_INFINITY)),
  )
  return {
    name: 'join',
    metrics: {
      pageToReadyMs: rounded(median(ready), 0),
      pageToFirstTokenMs: of('local', 'firstToken'),
      pageToNetworkTokenMs: of('network', 'firstToken'),
      ...newcomers,
      visits: visits.look.length,
    },
    notes: [
      'Timed from the navigation, in a browser that has joined before and so joins at load.',
      'ready: a field to write in, a relay online, and how many nodes serve the model is known.',
      'first token: asked as soon as there is a field; on this device with the model kept, and from a node.',
      'newcomer: never here before, reads for 3 s, reaches for the prompt, pastes and presses Enter half a second later, or all at once; from Enter to the first token of a node. JoinedAtLoad is the same person on a page that joins without being asked.',
    ],
    rows: (['look', 'network', 'local'] as const).map((kind) => ({
      visit: kind,
      ...Object.fromEntries(
        marks
          .filter((mark) => kind !== 'look' || mark !== 'firstToken')
          .map((mark) => [`${mark}Ms`, of(kind, mark)]),
      ),
    })),
  }
}

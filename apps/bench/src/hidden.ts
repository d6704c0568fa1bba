/**
 * What the site's contributor tab loses while another tab is in front of it: served answers, each paired with
 * one that the client computes in its own page right behind it, which tells how fast the machine is at
 * that moment. With 10 minutes and more it also meets what browsers do to a tab that is hidden for five.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { JobTiming } from '../page/bench-page.ts'
import { openRealWindow, type RealTab } from './real-window.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage } from './stage.ts'

const prompt = 'Tell me a story about a fox and a lantern.'
const defaultMinutes = 1
/** Slices in which the tab is now in view, now hidden: before and after the long stay. */
const rounds = 5
const jobsPerSlice = 8
/** Share of the stay in which nobody asks: only what the tab does itself keeps it awake then. */
const idleShare = 0.65
/** A browser begins to throttle a few seconds after the tab was hidden. */
const settleMs = 3_000
const pulseMs = 5_000
/** Between answers of the long stay, so that it is a machine with time to do something to the tab. */
const restMs = 2_000
/** Between looks at the timers of a tab that may run them once a minute. */
const longPulseMs = 130_000

type Phase = 'visible' | 'hidden' | 'hidden long'
type Sample = { phase: Phase; served: JobTiming; own: JobTiming }

export const hidden: Bench = {
  describe: 'a hidden contributor against the same one in view; --minutes N of hiding',
  goals: { hiddenVsVisible: '>= 0.95', lostJobs: '0' },
  async run({ minutes, backend }: BenchOptions): Promise<BenchReport> {
    const stage = await openStage()
    const window = await openRealWindow()
    try {
      const site = await stage.serve('site')
      const idle = await window.open(site)
      const node = await window.open(`${site}/contribute`)
      await node.evaluate(switchServeOn(backend))
      console.error('The contributor serves.')
      const front = await window.open('about:blank')
      const openClient = async () => {
        const page = await stage.openTab()
        await page.evaluate(async () => (await globalThis.window.bench).open())
        return page
      }
      return await measure({ node, idle, front, openClient, minutes: minutes || defaultMinutes })
    } finally {
      await window.close()
      await stage.close()
    }
  },
}

type MeasureInit = {
  node: RealTab
  /** Joined to the network and serving nothing, hidden all the time. */
  idle: RealTab
  front: RealTab
  openClient: () => Promise<Page>
  minutes: number
}

async function measure({ node, idle, front, openClient, minutes }: MeasureInit) {
  const samples: Sample[] = []
  let lostJobs = 0
  let client = await openClient()
  const ask = async (phase: Phase) => {
    try {
      const served = await runJob(client, 'network')
      samples.push({ phase, served, own: await runJob(client, 'local') })
    } catch (error) {
      lostJobs += 1
      console.error(`Lost while ${phase}: ${error instanceof Error ? error.message : error}`)
    }
  }
  const slice = async (phase: Phase) => {
    await (phase === 'visible' ? node : front).show()
    await sleep(settleMs)
    await expectVisibility(node, phase === 'visible' ? 'visible' : 'hidden')
    const before = samples.length
    for (let job = 0; job < jobsPerSlice; job += 1) await ask(phase)
    console.error(`${samples.length} answers, now ${phase}`)
    return samples.slice(before)
  }
  const ratios: number[] = []
  /** What the machine does meanwhile changes by the minute: each slice against its neighbour. */
  const alternate = async () => {
    for (let round = 0; round < rounds; round += 1) {
      const inView = await slice('visible')
      const behind = await slice('hidden')
      if (inView.length > 0 && behind.length > 0) ratios.push(speed(behind) / speed(inView))
    }
  }

  await node.show()
  for (let job = 0; job < 2; job += 1) await runJob(client, 'network')
  await runJob(client, 'local')
  const timersInView = await timersPerSecond(node, pulseMs)
  await alternate()
  const timersHidden = await timersPerSecond(node, pulseMs)

  const hiddenAtMs = performance.now()
  await client.close()
  const stayMs = minutes * 60_000
  const lookMs = Math.min(longPulseMs, (stayMs * idleShare) / 2)
  await sleep(stayMs * idleShare - lookMs)
  const [timersServing, timersIdle] = await Promise.all([
    timersPerSecond(node, lookMs),
    timersPerSecond(idle, lookMs),
  ])
  console.error(`Timers a second: ${timersServing} serving, ${timersIdle} not serving`)
  client = await openClient()
  await runJob(client, 'local')
  while (performance.now() - hiddenAtMs < stayMs) {
    await ask('hidden long')
    await sleep(restMs)
  }
  for (let job = 0; job < jobsPerSlice; job += 1) await ask('hidden long')
  const stayedMinutes = (performance.now() - hiddenAtMs) / 60_000
  await alternate()

  const of = (...phases: Phase[]) => samples.filter(({ phase }) => phases.includes(phase))
  const inView = of('visible')
  const behind = of('hidden', 'hidden long')
  const longest = (chosen: Sample[]) => Math.max(...chosen.map(({ served }) => served.longestGapMs))
  const firstToken = (chosen: Sample[]) => median(chosen.map(({ served }) => served.firstTokenMs))
  return {
    name: 'hidden',
    metrics: {
      hiddenVsVisible: rounded(median(ratios), 3),
      longHiddenVsVisible: rounded(speed(of('hidden long')) / speed(inView), 3),
      lostJobs,
      minutes: rounded(stayedMinutes, 1),
      timersPerSecondInView: rounded(timersInView, 1),
      timersPerSecondHidden: rounded(timersHidden, 2),
      timersPerSecondHiddenLong: rounded(timersServing, 3),
      timersPerSecondNotServing: rounded(timersIdle, 3),
      longestGapMsVisible: rounded(longest(inView)),
      longestGapMsHidden: rounded(longest(behind)),
      firstTokenMsVisible: rounded(firstToken(inView)),
      firstTokenMsHidden: rounded(firstToken(behind)),
      jobs: samples.length,
    },
    notes: [
      'Speed is that of the decode, against the same prompt in the page of the client at that moment.',
      `Timers: of 100 a second, behind ${rounded((stayMs * idleShare) / 60_000, 1)} minutes in which nobody asked; NotServing is a Weft tab in the same window that does not serve.`,
    ],
    rows: samples.map(({ phase, served, own }) => ({
      phase,
      tokens: served.tokens,
      servedPerTokenMs: rounded(served.perTokenMs),
      ownPerTokenMs: rounded(own.perTokenMs),
      firstTokenMs: rounded(served.firstTokenMs),
      longestGapMs: rounded(served.longestGapMs),
    })),
  }
}

/** Of the decode, over that in the client's own page at the same time. */
function speed(samples: readonly Sample[]): number {
  return median(samples.map(({ served, own }) => own.perTokenMs / served.perTokenMs))
}

function runJob(page: Page, where: 'network' | 'local'): Promise<JobTiming> {
  return page.evaluate(async ([text, place]) => (await window.bench).job(text, place), [
    prompt,
    where,
  ] as const)
}

/** What a contributor does. Resolves when the page says that it is ready. */
function switchServeOn(backend: string): string {
  const inPage = async (choice: string) => {
    const until = async <Found>(find: () => Found | null | undefined | false): Promise<Found> => {
      for (;;) {
        const found = find()
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    const find = (selector: string, text: RegExp) =>
      [...document.querySelectorAll<HTMLElement>(selector)].find((element) =>
        text.test(element.textContent),
      )
    const label = await until(() => find('label', /^Backend$/))
    const select = document.getElementById(label.getAttribute('for') ?? '') as HTMLSelectElement
    select.value = choice
    select.dispatchEvent(new Event('change', { bubbles: true }))
    const serve = await until(() => find('[role=switch]', /^Serve$/))
    serve.click()
    await until(() => find('[role=status]', /Ready and registered/))
  }
  return `(${inPage})(${JSON.stringify(backend)})`
}

/** How often a timer of 10 ms has fired since it was first asked. */
type Pulse = { visibility: DocumentVisibilityState; ticks: number; atMs: number }

function readPulse(tab: RealTab): Promise<Pulse> {
  const inPage = () => {
    const page = globalThis as { ticks?: number }
    if (page.ticks === undefined) {
      page.ticks = 0
      setInterval(() => {
        page.ticks = (page.ticks ?? 0) + 1
      }, 10)
    }
    const { visibilityState: visibility } = document
    return { visibility, ticks: page.ticks, atMs: performance.now() }
  }
  return tab.evaluate<Pulse>(`(${inPage})()`)
}

async function timersPerSecond(tab: RealTab, ms: number): Promise<number> {
  const before = await readPulse(tab)
  await sleep(ms)
  const after = await readPulse(tab)
  return (1000 * (after.ticks - before.ticks)) / (after.atMs - before.atMs)
}

async function expectVisibility(tab: RealTab, wanted: DocumentVisibilityState): Promise<void> {
  const { visibility } = await readPulse(tab)
  if (visibility !== wanted) throw new Error(`The tab is ${visibility}, not ${wanted}.`)
}

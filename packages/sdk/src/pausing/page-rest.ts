/**
 * What the browser does to this page while it serves: slowed timers, a page that stood still, a page
 * that was unloaded. Told to the contributor when the page is in view again.
 * https://developer.chrome.com/docs/web-platform/page-lifecycle-api
 * @module
 */
import { type Cell, createCell } from '../cell.ts'
import type { DecodePace } from './decode-pace.ts'

export type PageRest = {
  /** The last time it was out of view; null: not since it serves. */
  hidden: {
    ms: number
    /** Between two runs of a timer that asks for a quarter of a second. */
    timerMs: number
    /** Decode speed over that in view; null: too little was decoded to tell. */
    speedShare: number | null
  } | null
  /** The last time it did not run at all: frozen by the browser, or the device slept. */
  stopped: { atMs: number; ms: number } | null
  /** The browser had unloaded it to save memory, and has loaded it again. */
  wasDiscarded: boolean
}

/** The part of a `Document` that tells whether it is in view. */
export type Page = Pick<Document, 'hidden'> & Pick<EventTarget, 'addEventListener'>

export type PageRestInit = {
  document: Page
  pace: DecodePace
}

export type PageRestWatch = {
  readonly rest: Cell<PageRest>
  /** @returns ends it; what was seen stays */
  begin(): () => void
}

const timerMs = 250
/** Browsers run timers of a hidden page once a minute at the least. */
const stoppedMs = 90_000
/** Of the timers while hidden, for their median. */
const maxGaps = 32

export function createPageRest({ document, pace }: PageRestInit): PageRestWatch {
  const { wasDiscarded = false } = document as { wasDiscarded?: boolean }
  const rest = createCell<PageRest>({ hidden: null, stopped: null, wasDiscarded })
  return {
    rest,
    begin() {
      const ended = new AbortController()
      let hiddenAtMs = document.hidden ? Date.now() : null
      let lastMs = Date.now()
      let gaps: number[] = []

      const timer = setInterval(() => {
        const nowMs = Date.now()
        const gapMs = nowMs - lastMs
        if (gapMs > stoppedMs) {
          rest.set({ ...rest.get(), stopped: { atMs: lastMs, ms: gapMs } })
        } else if (document.hidden) {
          gaps = [...gaps, gapMs].slice(-maxGaps)
        }
        lastMs = nowMs
      }, timerMs)

      function look(): void {
        if (document.hidden) {
          hiddenAtMs = Date.now()
          gaps = []
        } else if (hiddenAtMs !== null) {
          const ms = Date.now() - hiddenAtMs
          const usual = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? ms
          hiddenAtMs = null
          const hidden = { ms, timerMs: usual, speedShare: pace.hiddenShare() }
          rest.set({ ...rest.get(), hidden })
        }
      }
      document.addEventListener('visibilitychange', look, { signal: ended.signal })
      return () => {
        clearInterval(timer)
        ended.abort()
      }
    },
  }
}

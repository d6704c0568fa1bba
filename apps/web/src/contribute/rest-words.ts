/**
 * What the browser did to the page while it served, and what to do about it, for the contributor.
 * @module
 */
import type { PageRest } from '@weft/sdk'

/** Less than this is not worth a word. */
const leastHiddenMs = 30_000
/** A timer that asks for a quarter of a second is slowed when it waits so long. */
const slowTimerMs = 600
/** Of the speed in view. */
const wellShare = 0.95

/** @returns null when there is nothing to tell */
export function restWords({ hidden, stopped, wasDiscarded }: PageRest): string | null {
  if (stopped) {
    const at = new Date(stopped.atMs).toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
    })
    return `This tab stood still for ${duration(stopped.ms)} from ${at}: the browser froze it, or the device slept. ${keepAwake}`
  }
  if (wasDiscarded) {
    return `The browser had unloaded this tab to save memory, and it served nobody meanwhile. ${keepAwake}`
  }
  if (!hidden || hidden.ms < leastHiddenMs) return null
  return `${hiddenWords(hidden)} ${speedWords(hidden)}`
}

const keepAwake =
  'Keep it in view, in a window of its own, or allow this site under “Always keep these sites active” in the browser’s performance settings.'

type Hidden = NonNullable<PageRest['hidden']>

function hiddenWords({ ms, timerMs }: Hidden): string {
  const slowed =
    timerMs > slowTimerMs
      ? `, and the browser slowed its timers to one in ${duration(timerMs)}`
      : ''
  return `This tab was out of view for ${duration(ms)}${slowed}.`
}

function speedWords({ speedShare }: Hidden): string {
  if (speedShare === null) return 'Answers do not wait for timers.'
  const percent = `${Math.round(Math.min(speedShare, 1) * 100)} %`
  return speedShare >= wellShare
    ? `Answers are not affected: they ran at ${percent} of the speed in view.`
    : `Answers ran at ${percent} of the speed in view. Keep it in view, in a window of its own, to serve at full speed.`
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return seconds === 1 ? 'a second' : `${seconds} seconds`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return minutes === 1 ? 'a minute' : `${minutes} minutes`
  return `${Math.round(minutes / 60)} hours`
}

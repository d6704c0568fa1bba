/**
 * Whether a person can see something of this frame as it is: not covered, faded, moved or cut by the page around
 * it. Only then does a click on it count. Browsers that cannot tell (Intersection Observer v2) say `unsure`; a window
 * of Weft's own then asks, which nothing but other windows can cover.
 * @module
 */
import type { Cell } from '@weft/sdk'
import { createStore } from '../site/store.ts'

type Sight =
  /** Not shown at all, or not told yet. */
  | 'hidden'
  /** Shown, but perhaps not as it is. */
  | 'unsure'
  | 'seen'

export type SightWatch = {
  sight: Cell<Sight>
  /** How long it has been seen without a break; 0 while it is not. */
  seenMs(): number
  stop(): void
}

/** As a browser without the second version tells nothing of `isVisible`. */
type Entry = IntersectionObserverEntry & { isVisible?: boolean }

/** Where it can, `unsure` means that the page around is in the way; where it cannot, nothing. */
const canTell = (): boolean => 'isVisible' in IntersectionObserverEntry.prototype

/** The browser looks at most this often. */
const lookMs = 100

/** @param element - all that this document shows: what lies outside of it can be scrolled to, by the visitor alone */
export function watchSight(element: Element): SightWatch {
  const sight = createStore<Sight>('hidden')
  let since = 0
  const init = { threshold: [0, 1], trackVisibility: true, delay: lookMs }
  const observer = new IntersectionObserver((entries) => {
    const entry: Entry | undefined = entries.at(-1)
    const now = entry ? sightOf(entry) : 'hidden'
    if (now === sight.get()) return
    since = performance.now()
    sight.update(() => now)
  }, init as IntersectionObserverInit)
  observer.observe(element)
  return {
    sight,
    seenMs: () => (sight.get() === 'seen' ? performance.now() - since : 0),
    stop: () => observer.disconnect(),
  }
}

/** Of a window of its own: who uses it sees it. One that is scrolled is as good as one that is not. */
export function watchWindow(): SightWatch {
  const sight = createStore<Sight>('hidden')
  let since = 0
  const look = () => {
    const now = document.hasFocus() ? 'seen' : 'hidden'
    if (now === sight.get()) return
    since = performance.now()
    sight.update(() => now)
  }
  const closing = new AbortController()
  addEventListener('focus', look, closing)
  addEventListener('blur', look, closing)
  look()
  return {
    sight,
    seenMs: () => (sight.get() === 'seen' ? performance.now() - since : 0),
    stop: () => closing.abort(),
  }
}

/** As far as this browser can tell. @returns false where that was not so within `waitMs` */
export function untilShown({ sight }: SightWatch, waitMs: number): Promise<boolean> {
  const isShown = () => sight.get() === 'seen' || (sight.get() === 'unsure' && !canTell())
  if (isShown()) return Promise.resolve(true)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), waitMs)
  const stop = sight.subscribe(() => isShown() && resolve(true))
  return promise.finally(() => {
    clearTimeout(timer)
    stop()
  })
}

/** In less nobody can read what is asked. */
const least = { width: 260, height: 240 }

function sightOf(entry: Entry): Sight {
  const { isIntersecting, intersectionRatio, isVisible, boundingClientRect } = entry
  if (!isIntersecting) return 'hidden'
  const { width, height } = boundingClientRect
  const isLargeEnough = width >= least.width && height >= least.height
  return isVisible && intersectionRatio === 1 && isLargeEnough ? 'seen' : 'unsure'
}

/** Before a click: nobody reads and decides faster. */
const beforeMs = 500
/** After it: longer than the browser takes to notice what came over it. */
const afterMs = 250

/** @returns whether a click just now was made on something that the person saw, and still sees */
export async function isHonestClick(watch: SightWatch): Promise<boolean> {
  if (watch.seenMs() < beforeMs) return false
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  return watch.seenMs() >= beforeMs + afterMs
}

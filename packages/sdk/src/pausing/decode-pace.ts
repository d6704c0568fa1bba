/**
 * How fast this device really decodes, beside what it was measured at: tells whether somebody else uses
 * it, and whether being hidden costs anything.
 * @module
 */
import type { Engine } from '@weft/engine'

type Generate = Pick<Engine, 'generate'>

type Step = {
  atMs: number
  /** Time that a token took over the time that it should take among so many jobs; 1 is as measured. */
  slowness: number
  /** Whether the page was out of view. */
  isHidden: boolean
}

/** Enough for a median that one long prompt of another job does not move. */
const leastSteps = 48
const maxSteps = 512
/** How long it has to be slow, so that a busy moment is none. */
const windowMs = 15_000
/** So many times slower than measured. Half the speed may be the device's own way of saving power. */
const busySlowness = 3

export class DecodePace {
  readonly #isHidden: () => boolean
  #steps: Step[] = []

  /** @param isHidden - whether the page is out of view now */
  constructor(isHidden: () => boolean) {
    this.#isHidden = isHidden
  }

  push = (slowness: number, atMs = Date.now()): void => {
    this.#steps.push({ atMs, slowness, isHidden: this.#isHidden() })
    if (this.#steps.length > maxSteps) this.#steps.shift()
  }

  get lastStepMs(): number | null {
    return this.#steps.at(-1)?.atMs ?? null
  }

  /** Whether all of the last seconds were slow. */
  isSlow(nowMs: number): boolean {
    const recent = this.#steps.filter(({ atMs }) => nowMs - atMs <= windowMs)
    const first = recent[0]
    if (!first || recent.length < leastSteps || nowMs - first.atMs < windowMs / 2) return false
    return medianOf(recent) >= busySlowness
  }

  /** Decode speed while hidden over that in view, by what was decoded lately; null: unknown. */
  hiddenShare(): number | null {
    const of = (hidden: boolean) => this.#steps.filter(({ isHidden }) => isHidden === hidden)
    const [hidden, inView] = [of(true), of(false)]
    if (Math.min(hidden.length, inView.length) < leastSteps) return null
    return medianOf(inView) / medianOf(hidden)
  }

  /** What was slow then says nothing of now. */
  forget(): void {
    this.#steps = []
  }
}

function medianOf(steps: readonly Step[]): number {
  const sorted = steps.map(({ slowness }) => slowness).toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

export type WatchStepsInit = {
  /** Of one job alone. */
  tokensPerSecond: number
  onStep: (slowness: number) => void
}

/**
 * The same engine, whose steps are timed: only the time that the engine takes, not that of a client who
 * is slow to read.
 */
export function watchSteps(
  engine: Generate,
  { tokensPerSecond, onStep }: WatchStepsInit,
): Generate {
  let running = 0
  return {
    async *generate(init, options) {
      running += 1
      try {
        let askedMs = performance.now()
        for await (const part of engine.generate(init, options)) {
          if (part.type === 'delta' && part.tokens.length > 0) {
            const tokenMs = (performance.now() - askedMs) / part.tokens.length
            // In turns each of n jobs takes n times as long; together less.
            onStep((tokenMs * tokensPerSecond) / 1000 / running)
          }
          yield part
          askedMs = performance.now()
        }
      } finally {
        running -= 1
      }
    },
  }
}

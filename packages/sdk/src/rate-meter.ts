/** How long a token counts towards the present speed. */
const windowMs = 3_000

/** Tokens per second over the last three seconds. */
export function createRateMeter() {
  let samples: { atMs: number; tokens: number }[] = []
  return {
    /** @returns tokens per second, now */
    push(tokens: number, nowMs: number): number {
      samples = [...samples.filter(({ atMs }) => nowMs - atMs < windowMs), { atMs: nowMs, tokens }]
      const first = samples[0]
      if (!first || samples.length < 2) return 0
      const counted = samples.slice(1).reduce((sum, sample) => sum + sample.tokens, 0)
      return counted / (Math.max(nowMs - first.atMs, 1) / 1000)
    },
  }
}

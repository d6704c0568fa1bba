/**
 * A promise that has something to tell meanwhile, for a generator to pass on.
 * @module
 */

/** Yields what `run` tells, the latest where several came at once. @returns what `run` resolves to */
export async function* whileWaiting<Told, Result>(
  run: (tell: (told: Told) => void) => Promise<Result>,
): AsyncGenerator<Told, Result, undefined> {
  let latest: { told: Told } | null = null
  let wake = Promise.withResolvers<void>()
  let isOver = false
  const result = run((told) => {
    latest = { told }
    wake.resolve()
  })
  const over = () => {
    isOver = true
    wake.resolve()
  }
  result.then(over, over)
  for (;;) {
    await wake.promise
    wake = Promise.withResolvers()
    const now: { told: Told } | null = latest
    latest = null
    if (isOver) return result
    if (now) yield (now as { told: Told }).told
  }
}

import type { Engine, GeneratePart } from '@weft/engine'
import { expect, test } from 'vitest'
import { DecodePace, watchSteps } from './decode-pace.ts'

/** Steps of 100 ms over so many seconds. */
function feed(pace: DecodePace, { seconds, fromMs = 0 }: { seconds: number; fromMs?: number }) {
  return (slowness: (index: number) => number) => {
    for (let index = 0; index < seconds * 10; index += 1) {
      pace.push(slowness(index), fromMs + index * 100)
    }
    return fromMs + seconds * 1000
  }
}

test('slow for a quarter of a minute is busy; slow for a moment, or now and then, is not', () => {
  const inView = () => new DecodePace(() => false)
  const slow = inView()
  expect(slow.isSlow(feed(slow, { seconds: 16 })(() => 3.5))).toBe(true)
  slow.forget()
  expect(slow.isSlow(16_000)).toBe(false)
  const moment = inView()
  feed(moment, { seconds: 12 })(() => 1)
  expect(moment.isSlow(feed(moment, { seconds: 3, fromMs: 12_000 })(() => 9))).toBe(false)
  const prompts = inView()
  expect(prompts.isSlow(feed(prompts, { seconds: 16 })((index) => (index % 3 ? 1 : 30)))).toBe(
    false,
  )
  const few = inView()
  expect(few.isSlow(feed(few, { seconds: 3 })(() => 9))).toBe(false)
  const longAgo = inView()
  feed(longAgo, { seconds: 16 })(() => 9)
  expect(longAgo.isSlow(60_000)).toBe(false)
})

test('what being hidden costs is told when both sides are known', () => {
  let hidden = false
  const pace = new DecodePace(() => hidden)
  feed(pace, { seconds: 10 })(() => 1)
  expect(pace.hiddenShare()).toBeNull()
  hidden = true
  feed(pace, { seconds: 10 })(() => 1.25)
  expect(pace.hiddenShare()).toBeCloseTo(0.8)
})

test('a token counts by the time of the engine, shared among the jobs', async () => {
  const engine: Pick<Engine, 'generate'> = {
    async *generate() {
      yield { type: 'prefill-end', prefillMs: 1 } as GeneratePart
      await new Promise((resolve) => setTimeout(resolve, 50))
      yield { type: 'delta', index: 0, tokens: [1, 2], text: 'a fox' }
    },
  }
  const steps: number[] = []
  const watched = watchSteps(engine, { tokensPerSecond: 100, onStep: (slow) => steps.push(slow) })
  const read = async () => {
    for await (const part of watched.generate({} as Parameters<Engine['generate']>[0])) {
      // A client that is slow to read.
      if (part.type === 'prefill-end') await new Promise((resolve) => setTimeout(resolve, 60))
    }
  }
  await read()
  // 50 ms for two tokens at 10 ms each; a timer may be late, not early.
  expect(steps[0]).toBeGreaterThan(2.4)
  await Promise.all([read(), read()])
  expect(steps).toHaveLength(3)
  expect(steps[1]).toBeGreaterThan(1.2)
})

import { expect, test, vi } from 'vitest'
import { keepRunning } from './keep-running.ts'

/** Starts that are told how to go: `fail` throws, anything else runs until it is lost. */
function stage(fails: number[] = []) {
  const told: string[] = []
  const losses: (() => void)[] = []
  let tries = 0
  const stopping = new AbortController()
  const init = {
    async begin({ onLost }: { onLost: () => void }) {
      const number = tries++
      if (fails.includes(number)) throw new Error(`try ${number}`)
      losses.push(onLost)
      told.push(`runs ${number}`)
      return { stop: async () => void told.push(`stopped ${number}`) }
    },
    stopping: stopping.signal,
    onRestart: () => void told.push('restart'),
    onGivenUp: (reason: unknown) =>
      void told.push(`given up: ${reason instanceof Error ? reason.message : 'lost'}`),
  }
  const lose = () => losses.at(-1)?.()
  return { init, told, lose, stopping }
}

const never = Number.POSITIVE_INFINITY

test('what is lost is told once and started again, also at a second try', async () => {
  const { init, told, lose } = stage([1])
  const kept = await keepRunning({ ...init, pausesMs: [0, 0, 0], steadyMs: never })
  lose()
  await vi.waitFor(() => expect(told).toEqual(['runs 0', 'restart', 'runs 2']))
  await kept.stop()
  expect(told.at(-1)).toBe('stopped 2')
})

test('after its last pause it gives up, and says why', async () => {
  const { init, told, lose } = stage([1, 2])
  await keepRunning({ ...init, pausesMs: [0, 0], steadyMs: never })
  lose()
  await vi.waitFor(() => expect(told).toEqual(['runs 0', 'restart', 'given up: try 2']))
})

test('losses of what never ran for long are one row; what ran for long begins a new one', async () => {
  const short = stage()
  await keepRunning({ ...short.init, pausesMs: [0], steadyMs: never })
  short.lose()
  await vi.waitFor(() => expect(short.told).toContain('runs 1'))
  short.lose()
  await vi.waitFor(() => expect(short.told.at(-1)).toBe('given up: lost'))
  const long = stage()
  const kept = await keepRunning({ ...long.init, pausesMs: [0], steadyMs: 0 })
  for (const next of [1, 2, 3]) {
    long.lose()
    await vi.waitFor(() => expect(long.told.at(-1)).toBe(`runs ${next}`))
  }
  await kept.stop()
})

test('nothing is started or told once everything is being stopped', async () => {
  const { init, told, lose, stopping } = stage()
  const kept = await keepRunning({ ...init, pausesMs: [60_000], steadyMs: never })
  lose()
  stopping.abort()
  await kept.stop()
  expect(told).toEqual(['runs 0', 'stopped 0'])
})

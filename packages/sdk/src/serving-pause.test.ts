/**
 * A node that its owner pauses: before it starts, between jobs, and in the midst of one.
 */
import { afterAll, expect, test, vi } from 'vitest'
import { createCell } from './cell.ts'
import { initialPolicy, type Pause } from './pausing/pause-policy.ts'
import { openServingStage } from './testing/serving-stage.ts'

let attended = 0
const obstacle = createCell<Pause | null>(null)
const stage = await openServingStage({
  obstacle,
  attend() {
    attended += 1
    return () => {
      attended -= 1
    }
  },
})
const { node, modelCid, tabEngine } = stage
afterAll(() => stage.close())

async function ask(onDelta: () => void = () => {}) {
  for await (const event of stage.ask()) {
    if (event.type === 'delta') onDelta()
    if (event.type === 'end') return event.answer
  }
  throw new Error('The answer has no end.')
}

const offers = async () => (await stage.offers()).length
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000 })
const pauseFor = (ms: number) => node.setPolicy({ ...initialPolicy, untilMs: Date.now() + ms })
const goOn = () => node.setPolicy(initialPolicy)

test('a pause takes nothing new, ends what runs, says why, and goes on by itself', async () => {
  pauseFor(60_000)
  await node.start({ modelCid, backend: 'auto' })
  expect(node.state.get()).toMatchObject({ phase: 'paused', pause: { reason: 'by-hand' } })
  expect(tabEngine.state.get().phase).toBe('empty')
  expect(attended).toBe(1)

  goOn()
  await until(async () => expect(await offers()).toBe(1))
  expect(node.state.get()).toMatchObject({ phase: 'idle', pause: null })

  let deltas = 0
  const answer = await ask(() => {
    deltas += 1
    if (deltas === 3) pauseFor(60_000)
    if (deltas === 4) {
      expect(node.state.get()).toMatchObject({
        phase: 'paused',
        sentence: 'Paused by you. One answer is being finished.',
      })
    }
  })
  expect(answer.handovers).toEqual([])
  expect(answer.finishReason).toBe('stop')
  await until(() => expect(node.state.get().sentence).toBe('Paused by you.'))
  expect(node.state.get()).toMatchObject({ phase: 'paused', jobsServed: 1 })
  await until(async () => expect(await offers()).toBe(0))
  await expect(ask()).rejects.toMatchObject({ code: 'sdk/no-nodes' })

  goOn()
  await until(async () => expect(await offers()).toBe(1))
  expect((await ask()).finishReason).toBe('stop')
  await until(() => expect(node.state.get()).toMatchObject({ jobsServed: 2, pause: null }))

  pauseFor(60_000)
  await node.stop()
  goOn()
  expect(node.state.get()).toMatchObject({ phase: 'off', pause: null })
  expect(attended).toBe(0)
})

test('what cannot answer for now is not offered, says why, and goes on when it can', async () => {
  const sentence = 'Paused: no other tab computes layers 2 to 4 of 4 now.'
  await node.start({ modelCid, backend: 'auto' })
  await until(async () => expect(await offers()).toBe(1))
  obstacle.set({ reason: 'parts', sentence, untilMs: null })
  expect(node.state.get()).toMatchObject({ phase: 'paused', sentence })
  await until(async () => expect(await offers()).toBe(0))
  pauseFor(60_000)
  expect(node.state.get()).toMatchObject({ pause: { reason: 'by-hand' } })
  goOn()
  expect(node.state.get()).toMatchObject({ pause: { reason: 'parts' } })
  await node.stop()
  await node.start({ modelCid, backend: 'auto' })
  expect(node.state.get()).toMatchObject({ phase: 'paused', sentence })
  obstacle.set(null)
  expect(node.state.get()).toMatchObject({ phase: 'idle', pause: null })
  await until(async () => expect(await offers()).toBe(1))
  await node.stop()
})

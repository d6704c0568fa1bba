/**
 * A node that is switched on, off and over while the one before is still ending, and one whose engine
 * becomes another.
 */
import { type Receipt, WeftError } from '@weft/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import type { EngineStageInit } from './testing/engine-stage.ts'
import { openServingStage } from './testing/serving-stage.ts'

const lost = new WeftError('engine/device-lost', 'The GPU was lost.')

let close: (() => Promise<void>) | undefined
afterEach(() => close?.())

async function open(init: EngineStageInit = {}) {
  const stage = await openServingStage(init)
  const { node } = stage
  close = stage.close
  const offered = async () => {
    const offers = await stage.offers()
    return offers.flatMap(({ registration }) => registration.models.map(({ engine }) => engine))
  }
  /** @returns its receipt, or why there is none */
  async function ask(onDelta: () => void = () => {}): Promise<Receipt | WeftError> {
    try {
      for await (const event of stage.ask()) {
        if (event.type === 'delta') onDelta()
        if (event.type === 'node-lost') return WeftError.fromData(event.error)
        if (event.type === 'end' && event.receipt) return event.receipt
      }
      throw new WeftError('test/no-end', 'The answer has no end.')
    } catch (error) {
      return WeftError.from(error, 'test/failed', 'It failed.')
    }
  }
  const phases: string[] = []
  node.state.subscribe(() => phases.push(node.state.get().phase))
  return { ...stage, offered, ask, phases }
}

const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 10_000 })

test('an engine that comes back as another is offered as what it is', async () => {
  const { start, offered, ask, breakNext, loads } = await open({
    isResilient: true,
    onLoad: (result, times) =>
      times === 2
        ? { ...result, engine: { ...result.engine, backend: 'wasm', device: 'CPU' } }
        : result,
  })
  await start()
  await until(async () => expect(await offered()).toMatchObject([{ backend: 'node-cpu' }]))
  let deltas = 0
  const failed = await ask(() => {
    deltas += 1
    if (deltas === 3) breakNext(lost)
  })
  expect(failed).toMatchObject({
    code: 'network/node-failed',
    message: expect.stringContaining('restarted as another one'),
  })
  await until(async () => expect(await offered()).toMatchObject([{ backend: 'wasm' }]))
  expect(await ask()).toMatchObject({ engine: { backend: 'wasm', device: 'CPU' } })
  expect(loads()).toBe(2)
})

test('one that comes back as it was goes on serving', async () => {
  const { start, offered, ask, breakNext, phases } = await open({ isResilient: true })
  await start()
  await until(async () => expect(await offered()).toHaveLength(1))
  let deltas = 0
  const receipt = await ask(() => {
    deltas += 1
    if (deltas === 3) breakNext(lost)
  })
  expect(receipt).toMatchObject({ engine: { backend: 'node-cpu' } })
  expect(phases.filter((phase) => phase === 'preparing')).toHaveLength(1)
})

test('off while it is being mended is off', async () => {
  const { start, node, offered, ask, breakNext, tabEngine, modelCid, phases } = await open()
  await start()
  await until(async () => expect(await offered()).toHaveLength(1))
  let stopped: Promise<void> | undefined
  tabEngine.state.subscribe(() => {
    if (tabEngine.state.get().phase === 'failed') stopped ??= node.stop()
  })
  breakNext(lost)
  await ask()
  await stopped
  phases.length = 0
  // As long as a start would take.
  await tabEngine.prepare(modelCid, 'auto')
  await until(async () => expect(await offered()).toEqual([]))
  expect(phases).toEqual([])
  expect(node.state.get()).toMatchObject({ phase: 'off' })
})

test('the last click counts', async () => {
  const { start, node, offered } = await open()
  await start()
  await Promise.all([node.stop(), node.stop(), start()])
  expect(node.state.get()).toMatchObject({ phase: 'idle' })
  await until(async () => expect(await offered()).toHaveLength(1))
  await Promise.all([start(), node.stop()])
  expect(node.state.get()).toMatchObject({ phase: 'off' })
  await until(async () => expect(await offered()).toEqual([]))
})

/**
 * A tab whose engine is made anew, by itself, while others wait for it.
 */
import type { LoadResult } from '@weft/engine'
import { greedySampling, WeftError } from '@weft/protocol'
import { afterEach, expect, test } from 'vitest'
import { type EngineStageInit, openEngineStage } from './testing/engine-stage.ts'

const lost = new WeftError('engine/device-lost', 'The GPU was lost.')
const onCpu = (result: LoadResult): LoadResult => ({
  ...result,
  engine: { ...result.engine, backend: 'wasm', device: 'CPU' },
})
const question = {
  messages: [{ role: 'user' as const, content: 'Tell me a story about a fox.' }],
  sampling: greedySampling,
  seed: new Uint8Array(32),
  maxTokens: 24,
  tools: [],
  overflow: 'error' as const,
  answered: [],
}

let close: (() => Promise<void>) | undefined
afterEach(() => close?.())

async function open(onLoad: EngineStageInit['onLoad'] = (result) => result) {
  const stage = await openEngineStage({ isResilient: true, onLoad })
  close = stage.close
  const { tabEngine } = stage
  const [model = '', twin = ''] = stage.cids
  const phases: string[] = []
  await tabEngine.prepare(model, 'auto')
  tabEngine.state.subscribe(() => phases.push(tabEngine.state.get().phase))
  /** @param breakAt - the token at which the engine breaks */
  async function answer(breakAt = -1): Promise<number[]> {
    const tokens: number[] = []
    for await (const part of tabEngine.engine.generate(question)) {
      if (part.type !== 'delta') continue
      tokens.push(...part.tokens)
      if (tokens.length === breakAt) stage.breakNext(lost)
    }
    return tokens
  }
  return { ...stage, model, twin, phases, answer }
}

test('who asks meanwhile waits with those whose answers go on, also where it serves', async () => {
  const gate = Promise.withResolvers<void>()
  const { tabEngine, model, phases, answer, loads } = await open(async (result, times) => {
    if (times === 2) await gate.promise
    return result
  })
  const whole = await answer()
  const release = tabEngine.hold()
  const broken = answer(3)
  await expect.poll(() => phases).toEqual(['loading'])
  const prepared = tabEngine.prepare(model, 'auto').then(() => answer())
  await expect(
    tabEngine.prepare(model, 'auto', { signal: AbortSignal.timeout(50) }),
  ).rejects.toMatchObject({ code: 'protocol/cancelled' })
  gate.resolve()
  expect(await broken).toEqual(whole)
  expect(await prepared).toEqual(whole)
  expect(loads()).toBe(2)
  expect(phases).toEqual(['loading', 'ready'])
  release()
})

test('another model is not waited for', async () => {
  const { tabEngine, twin, phases, answer } = await open(async (result, times) => {
    if (times === 2) await new Promise(() => {})
    return result
  })
  const broken = expect(answer(3)).rejects.toMatchObject({ code: 'engine/not-loaded' })
  await expect.poll(() => phases).toEqual(['loading'])
  await tabEngine.prepare(twin, 'auto')
  await broken
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready', modelCid: twin })
})

test('one that fails and is tried again is one', async () => {
  const { tabEngine, phases, answer } = await open((result, times) => {
    if (times === 2) throw lost
    return result
  })
  const whole = await answer()
  expect(await answer(3)).toEqual(whole)
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready' })
  expect(phases).toEqual(['loading', 'ready'])
})

test('one that failed for good lets go of the model', async () => {
  const { tabEngine, models, model, answer } = await open((result, times) => {
    if (times === 2) throw new WeftError('engine/bad-graph', 'The file is damaged.')
    return result
  })
  await expect(answer(3)).rejects.toMatchObject({ code: 'engine/bad-graph' })
  await expect
    .poll(() => tabEngine.state.get())
    .toMatchObject({ phase: 'failed', error: { code: 'engine/bad-graph' } })
  await models.remove(model)
})

test('one on another backend is told, and measured anew', async () => {
  const { tabEngine, model, answer } = await open((result, times) =>
    times === 2 ? onCpu(result) : result,
  )
  const before = tabEngine.state.get()
  await answer(3)
  await tabEngine.prepare(model, 'auto')
  const after = tabEngine.state.get()
  if (before.phase !== 'ready' || after.phase !== 'ready') throw new Error('not ready')
  expect(after.result.engine).toMatchObject({ backend: 'wasm', device: 'CPU' })
  expect(after.speed).not.toEqual(before.speed)
})

test('a load during which it restarts tells the engine that came of it', async () => {
  const { tabEngine, twin, breakNext } = await open((result, times) =>
    times === 3 ? onCpu(result) : result,
  )
  breakNext(lost)
  await tabEngine.prepare(twin, 'auto')
  expect(tabEngine.state.get()).toMatchObject({ result: { engine: { backend: 'wasm' } } })
})

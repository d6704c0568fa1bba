import { greedySampling, WeftError } from '@weft/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TabEngine } from './tab-engine.ts'
import { openEngineStage } from './testing/engine-stage.ts'

const messages = [{ role: 'user' as const, content: 'Hello!' }]
const sampling = greedySampling
const seed = new Uint8Array(32)

let stage: Awaited<ReturnType<typeof openEngineStage>>
let tabEngine: TabEngine
let model: string
let twin: string

beforeEach(async () => {
  stage = await openEngineStage()
  tabEngine = stage.tabEngine
  ;[model = '', twin = ''] = stage.cids
})

afterEach(() => stage.close())

async function answer(): Promise<number> {
  let tokens = 0
  const init = {
    messages,
    tools: [],
    sampling,
    seed,
    maxTokens: 4,
    overflow: 'error',
    answered: [],
  } as const
  for await (const part of tabEngine.engine.generate(init)) {
    if (part.type === 'delta') tokens += part.tokens.length
  }
  return tokens
}

test('loads once for all who ask, and says how far it is', async () => {
  const phases: string[] = []
  tabEngine.state.subscribe(() => phases.push(tabEngine.state.get().phase))
  await Promise.all([tabEngine.prepare(model, 'auto'), tabEngine.prepare(model, 'auto')])
  expect([...new Set(phases)]).toEqual(['downloading', 'loading', 'ready'])
  expect(phases.filter((phase) => phase === 'ready')).toHaveLength(1)
  expect(await answer()).toBeGreaterThan(0)
})

test('an engine that broke is seen, and loaded again when asked for', async () => {
  await tabEngine.prepare(model, 'auto')
  stage.breakNext(new WeftError('engine/device-lost', 'The GPU was lost.'))
  await expect(answer()).rejects.toMatchObject({ code: 'engine/device-lost' })
  expect(tabEngine.state.get()).toMatchObject({ phase: 'failed' })
  await tabEngine.prepare(model, 'auto')
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready' })
})

test('an engine that restarts gets the files again, without a download', async () => {
  await tabEngine.prepare(model, 'auto')
  stage.hub.reset()
  const files = await stage.openFilesAgain()
  expect([...(files?.keys() ?? [])]).toEqual(stage.manifest.files.map(({ path }) => path))
  expect(stage.hub.requests).toEqual([])
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready' })
})

test('a prompt that does not fit breaks nothing', async () => {
  await tabEngine.prepare(model, 'auto')
  const long = [{ role: 'user' as const, content: 'word '.repeat(900) }]
  await expect(
    tabEngine.engine.measurePrompt({ messages: long, tools: [], overflow: 'error', maxTokens: 1 }),
  ).rejects.toMatchObject({
    code: 'engine/prompt-too-long',
  })
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready' })
})

test('a model that is held is not replaced', async () => {
  await tabEngine.prepare(model, 'auto')
  const release = tabEngine.hold()
  await expect(tabEngine.prepare(twin, 'auto')).rejects.toMatchObject({
    code: 'sdk/engine-busy',
  })
  await tabEngine.prepare(model, 'auto')
  release()
  await tabEngine.prepare(twin, 'auto')
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready', modelCid: twin })
})

test('a load that was given up while the files are being deleted stands in nobody’s way', async () => {
  const deleted = Promise.withResolvers<void>()
  const deleting = navigator.locks.request(`weft-model-${model}`, () => deleted.promise)
  const controller = new AbortController()
  const given = tabEngine.prepare(model, 'auto', { signal: controller.signal })
  controller.abort()
  await expect(given).rejects.toMatchObject({ code: 'protocol/cancelled' })
  await tabEngine.prepare(twin, 'auto')
  deleted.resolve()
  await deleting
  // The lock that it had asked for comes now, and is let go of.
  await expect.poll(() => stage.models.remove(model).then(() => 'deleted', String)).toBe('deleted')
})

test('a model that makes vectors is refused before anything is let go', async () => {
  await tabEngine.prepare(model, 'auto')
  const ready = tabEngine.state.get()
  const vectors = stage.addEmbeddingModel()
  await expect(tabEngine.prepare(vectors, 'auto')).rejects.toMatchObject({
    code: 'sdk/wrong-task',
  })
  expect(tabEngine.state.get()).toBe(ready)
  await expect(stage.models.remove(model)).rejects.toMatchObject({ code: 'storage/model-in-use' })
  await tabEngine.prepare(twin, 'auto')
})

test('who asks again after the last one gave up gets a new load', async () => {
  const controller = new AbortController()
  const given = tabEngine.prepare(model, 'auto', { signal: controller.signal })
  controller.abort()
  const again = tabEngine.prepare(model, 'auto')
  await expect(given).rejects.toMatchObject({ code: 'protocol/cancelled' })
  await again
  expect(tabEngine.state.get()).toMatchObject({ phase: 'ready' })
})

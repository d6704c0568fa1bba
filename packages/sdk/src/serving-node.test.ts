import { WeftError } from '@weft/protocol'
import { afterAll, expect, test, vi } from 'vitest'
import { openServingStage } from './testing/serving-stage.ts'

const stage = await openServingStage()
const { node, modelCid } = stage
afterAll(() => stage.close())

async function ask(): Promise<number> {
  let tokens = 0
  for await (const event of stage.ask()) if (event.type === 'delta') tokens += event.tokens.length
  return tokens
}

const offers = async () => (await stage.offers()).length
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000 })

test('a contributor sees what it does; a broken engine is mended once; off is off', async () => {
  const phases = new Set<string>()
  node.state.subscribe(() => phases.add(node.state.get().phase))
  await node.start({ modelCid, backend: 'auto' })
  await until(async () => expect(await offers()).toBe(1))
  const tokens = await ask()
  await until(() => expect(node.state.get()).toMatchObject({ phase: 'idle', jobsServed: 1 }))
  expect(node.state.get().tokensServed).toBe(tokens)
  expect([...phases]).toEqual(['preparing', 'idle', 'working'])

  const lost = new WeftError('engine/device-lost', 'The GPU was lost.')
  stage.breakNext(lost)
  await expect(ask()).rejects.toThrow('The GPU was lost.')
  await until(() => expect(node.state.get()).toMatchObject({ phase: 'idle' }))
  await until(async () => expect(await offers()).toBe(1))
  expect(await ask()).toBeGreaterThan(0)

  stage.breakNext(lost)
  await expect(ask()).rejects.toThrow('The GPU was lost.')
  await until(() => expect(node.state.get()).toMatchObject({ phase: 'failed' }))
  expect(node.state.get().sentence).toContain('again')
  await until(async () => expect(await offers()).toBe(0))

  await node.start({ modelCid, backend: 'auto' })
  await until(async () => expect(await offers()).toBe(1))
  await node.stop()
  expect(node.state.get()).toMatchObject({ phase: 'off', jobsServed: 2 })
  await until(async () => expect(await offers()).toBe(0))
})

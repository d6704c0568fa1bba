/**
 * The switch of a tab that computes layers: announced while it is on and not paused, and quiet when off.
 */
import type { Network } from '@weft/network'
import { type LayersManifest, type PartStep, WeftError } from '@weft/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import type { CatalogueEntry } from '../catalogue.ts'
import { initialPolicy } from '../pausing/pause-policy.ts'
import { quietDevice } from '../testing/quiet-device.ts'
import { createLayersNode } from './layers-node.ts'

const device = quietDevice()
afterEach(() => {
  vi.useRealTimers()
  device.pausing.setPolicy(initialPolicy)
})
const pauseFor = (ms: number) =>
  device.pausing.setPolicy({ ...initialPolicy, untilMs: Date.now() + ms })
const goOn = () => device.pausing.setPolicy(initialPolicy)

const place = { modelCid: 'whole', part: 1, parts: 2, firstLayer: 1, layers: 3, allLayers: 4 }
const manifest = { ...place, width: 8 } as LayersManifest
const part = { modelCid: 'part', manifest, sources: [] }
const catalogue = [{ modelCid: 'whole', parts: [part, part] } as unknown as CatalogueEntry]
const stepOf = (tokens: number) => ({ forward: { rows: 1, tokens } }) as PartStep
const step = stepOf(2)
/** For the memory of this device. */
const tooMany = 500

/** Layers that give back what they get, and a network that counts what is announced. */
function open() {
  const seen = { announced: 0, held: 0, attended: 0, loaded: 0 }
  /** @returns the end of what begins */
  const begin = (name: keyof typeof seen) => {
    seen[name] += 1
    return () => {
      seen[name] -= 1
    }
  }
  let handler: Parameters<Network['handleLayers']>[0] | null = null
  let die: (error: never) => void = () => {}
  const node = createLayersNode({
    catalogue,
    store: {
      hold: async () => begin('held'),
      open: async () => new Map(),
    },
    network: {
      announce() {
        const end = begin('announced')
        return { setActiveJobs() {}, stop: async () => end() }
      },
      handleLayers(next) {
        handler = next
        return () => {
          handler = null
        }
      },
    },
    findTabs: () => async function* () {},
    async openLayers() {
      seen.loaded += 1
      const died = new Promise<never>((resolve) => {
        die = resolve
      })
      const compute = async ({ forward }: PartStep, states: Float32Array) => {
        if (forward?.tokens === tooMany) {
          throw new WeftError('engine/out-of-memory', 'No room.')
        }
        return states
      }
      const link = { step: compute, close() {} }
      return { info: {} as never, open: () => link, died, close: () => {} }
    },
    pausing: device.pausing,
    attend: () => begin('attended'),
  })
  const line = () => handler?.({ modelCid: 'whole', part: 1, peerId: 'head' })
  return { node, seen, line, die: (error: Error) => die(error as never) }
}

const choice = { modelCid: 'whole', part: 1, backend: 'wasm' } as const

test('switched off it stays off, though the lines that this cut end later', async () => {
  const { node, seen, line } = open()
  await node.start(choice)
  expect(node.state.get().sentence).toMatch(/^Ready and registered: layers 2 to 4 of 4/)
  const head = line()
  await head?.step(step, new Float32Array(16))
  expect(node.state.get()).toMatchObject({ phase: 'working', tokensServed: 2 })
  await node.stop()
  head?.close()
  expect(node.state.get()).toMatchObject({ phase: 'off', tokensServed: 2 })
  expect(seen).toEqual({ announced: 0, held: 0, attended: 0, loaded: 1 })
})

test('a pause takes it out of the network and loads nothing; it goes on by itself', async () => {
  const { node, seen } = open()
  pauseFor(60_000)
  await node.start(choice)
  expect(node.state.get()).toMatchObject({ phase: 'paused', pause: { reason: 'by-hand' } })
  expect(seen).toEqual({ announced: 0, held: 0, attended: 1, loaded: 0 })
  goOn()
  await expect.poll(() => node.state.get()).toMatchObject({ phase: 'idle', pause: null })
  pauseFor(60_000)
  expect(node.state.get()).toMatchObject({ phase: 'paused', sentence: 'Paused by you.' })
  await expect.poll(() => seen).toEqual({ announced: 0, held: 0, attended: 1, loaded: 1 })
  await node.stop()
  goOn()
  expect(node.state.get()).toMatchObject({ phase: 'off', pause: null })
  expect(seen).toMatchObject({ attended: 0, loaded: 1 })
})

test('without room for more it takes nobody new, until a tab has gone or a while has passed', async () => {
  vi.useFakeTimers()
  const { node, seen, line } = open()
  await node.start(choice)
  const heads = [line(), line()]
  const fill = () => expect(heads[0]?.step(stepOf(tooMany), new Float32Array())).rejects.toThrow()
  await fill()
  expect(node.state.get()).toMatchObject({ phase: 'paused', pause: { reason: 'memory' } })
  expect(node.state.get().sentence).toContain('no room')
  await vi.waitFor(() => expect(seen.announced).toBe(0))
  expect(line()).toBeNull()
  await heads[1]?.step(step, new Float32Array(16))
  expect(node.state.get()).toMatchObject({ phase: 'paused', tokensServed: 2 })

  heads[1]?.close()
  expect(node.state.get()).toMatchObject({ phase: 'working', pause: null })
  expect(seen.announced).toBe(1)
  await fill()
  await vi.advanceTimersByTimeAsync(31_000)
  expect(node.state.get()).toMatchObject({ phase: 'working', pause: null })
  expect(seen.announced).toBe(1)
  await fill()
  await node.stop()
  await vi.advanceTimersByTimeAsync(31_000)
  expect(node.state.get()).toMatchObject({ phase: 'off', pause: null })
  expect(seen).toMatchObject({ announced: 0, held: 0 })
})

test('layers that died are told, and a pause that ends does not bring them back', async () => {
  const { node, seen, die } = open()
  await node.start(choice)
  die(new Error('The worker stopped.'))
  await expect.poll(() => node.state.get().phase).toBe('failed')
  pauseFor(60_000)
  goOn()
  expect(node.state.get().phase).toBe('failed')
  expect(seen).toEqual({ announced: 0, held: 0, attended: 0, loaded: 1 })
})

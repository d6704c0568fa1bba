/**
 * Nodes that are lost in mid-answer: the rest comes from the next one, token for token.
 */
import { createNodeNetwork, type NodeNetwork } from '@weft/network/testing'
import {
  checkSharedAnswer,
  freePrice,
  greedySampling,
  signReceipt,
  WeftError,
  windowsFilled,
} from '@weft/protocol'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { generate } from './generate.ts'
import { createNodeMemory } from './node-memory.ts'
import { recheck } from './recheck.ts'
import { type ServeInit, serve } from './serve.ts'
import { toShared } from './share.ts'
import type { GenerateEvent } from './tab.ts'
import { openRoad } from './testing/road-stage.ts'

vi.setConfig({ testTimeout: 30_000 })

const road = await openRoad()
const { engine, manifest, request, components, relayAddresses } = road
afterAll(() => road.close())
road.startServing()
const whole = (await road.collect()).end.answer
await road.stopServing()
await road.node.stop()

type Death =
  | 'false receipt'
  | 'network gone'
  | 'engine fails'
  | 'hangs'
  | 'garbage'
  | 'switched off'
  | 'ends it falsely'
type Node = NodeNetwork & { stop: () => Promise<void> }

const nodes: Node[] = []
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(({ stop }) => stop()))
})

/** Serves honestly, or until `atToken` of the first answer. */
async function openNode(death?: Death, atToken = 20, tokensPerSecond = 100): Promise<Node> {
  const opened = await createNodeNetwork({ relays: relayAddresses })
  const { network, privateKey } = opened
  const { info } = road
  const { modelCid } = request
  network.announce({
    models: [{ modelCid, price: freePrice, engine: info, tokensPerSecond }],
    maxJobs: 4,
  })
  const dying: ServeInit['engine'] = {
    measurePrompt: engine.measurePrompt,
    async *generate(init, options) {
      for await (const part of engine.generate(init, options)) {
        if (part.type === 'delta' && part.index >= atToken) {
          if (death === 'engine fails') throw new WeftError('engine/device-lost', 'GPU lost.')
          if (death === 'hangs') await new Promise(() => {})
          if (death === 'network gone') void network.stop()
          if (death === 'switched off') void stopServing()
          if (death === 'garbage') yield { ...part, index: 5000 }
          if (death === 'ends it falsely') {
            yield { ...part, tokens: [endToken], text: '' }
            throw new WeftError('engine/device-lost', 'GPU lost.')
          }
        }
        yield part
      }
    },
  }
  const forging: ServeInit['network'] = {
    handleJobs: (handler) =>
      network.handleJobs((incoming) => {
        const { finish } = incoming
        incoming.finish = ({ signature: _, ...receipt }) =>
          finish.call(incoming, signReceipt({ ...receipt, outputTokens: 1 }, privateKey))
        return handler(incoming)
      }),
  }
  const serving = death === 'false receipt' ? forging : network
  const shared = { privateKey, manifest, engineInfo: info, charge: null, maxJobs: 4 }
  const init = { ...shared, network: serving }
  const stopServing = serve({ ...init, engine: death ? dying : engine, onEvent: () => {} })
  const node: Node = {
    ...opened,
    async stop() {
      if (death !== 'hangs') await stopServing()
      await network.stop()
    },
  }
  nodes.push(node)
  return node
}

const untilRegistered = () =>
  expect
    .poll(
      async () =>
        (await components.network.findOffers({ role: 'models', modelCid: request.modelCid }))
          .length,
      {
        timeout: 10_000,
      },
    )
    .toBe(nodes.length)

async function ask() {
  await untilRegistered()
  const events: GenerateEvent[] = []
  // The same job for all, so that its answer is known.
  for await (const event of generate({ ...components, memory: createNodeMemory() }, request)) {
    events.push(event)
  }
  const end = events.at(-1)
  if (end?.type !== 'end') throw new Error('no end')
  return { events, end, answer: end.answer }
}

/** `eos_token_id` of Bobbin. */
const endToken = 3

/** Of two nodes the one that says it is faster is asked first. */
const enticing = 1e6

describe('a node that is lost in mid-answer', () => {
  test.each<Death>(['network gone', 'engine fails', 'hangs', 'garbage', 'switched off'])(
    '%s: the next one goes on, no token lost or repeated',
    async (death) => {
      const dying = await openNode(death, 20, enticing)
      const honest = await openNode()
      const { answer, end, events } = await ask()
      expect(answer.finishReason).toBe('stop')
      expect(await recheck(engine, answer)).toMatchObject({
        tokens: answer.tokens.length,
        firstDifference: null,
      })
      const indices = events.flatMap((event) => (event.type === 'delta' ? [event.index] : []))
      expect(indices).toEqual([...new Set(indices)])
      const { tokens = 0 } = answer.handovers[0] ?? {}
      // One more may be on its way while the network ends.
      expect(tokens - 20).toBeOneOf(death === 'network gone' ? [0, 1] : [0])
      expect(answer.segments).toEqual([
        { peerId: dying.network.peerId, startToken: 0, startChar: 0 },
        { peerId: honest.network.peerId, startToken: tokens, startChar: expect.any(Number) },
      ])
      expect(answer.handovers).toMatchObject([{ peerId: dying.network.peerId }])
      expect(answer.handovers[0]?.gapMs).toBeLessThan(5_000)
      expect(end.receipt).toMatchObject({
        nodePeerId: honest.network.peerId,
        firstToken: tokens,
        outputTokens: answer.tokens.length - tokens,
      })
      expect(answer.fingerprints).toHaveLength(windowsFilled(tokens, answer.tokens.length))
      expect(() => checkSharedAnswer(toShared(answer))).not.toThrow()
    },
  )

  test('signs a false receipt: what it said is taken back, and it is not asked again', async () => {
    const liar = await openNode('false receipt', 20, enticing)
    const honest = await openNode()
    const { answer, events } = await ask()
    expect(answer.finishReason).toBe('stop')
    expect(await recheck(engine, answer)).toMatchObject({ firstDifference: null })
    expect(answer.handovers).toMatchObject([{ peerId: liar.network.peerId, tokens: 0 }])
    expect(answer.segments).toEqual([
      { peerId: honest.network.peerId, startToken: 0, startChar: 0 },
    ])
    expect(events).toContainEqual(expect.objectContaining({ type: 'node-lost', text: '' }))
  })

  test('sends an end of the model and goes: nobody signs behind it, and what it sent is taken back', async () => {
    const liar = await openNode('ends it falsely', 20, enticing)
    const honest = await openNode()
    const { answer, end } = await ask()
    expect(answer.finishReason).toBe('stop')
    expect(await recheck(engine, answer)).toMatchObject({ firstDifference: null })
    expect(answer.segments).toEqual([
      { peerId: honest.network.peerId, startToken: 0, startChar: 0 },
    ])
    expect(answer.handovers[0]).toMatchObject({ peerId: liar.network.peerId, tokens: 21 })
    expect(end.receipt).toMatchObject({ nodePeerId: honest.network.peerId, firstToken: 0 })
  })

  test('one after the other', async () => {
    for (const atToken of [8, 16, 24, 32]) await openNode('engine fails', atToken)
    await openNode()
    const { answer } = await ask()
    expect(answer.finishReason).toBe('stop')
    expect(await recheck(engine, answer)).toMatchObject({ firstDifference: null })
  })

  test('what two say of the job is not asked of a third', async () => {
    for (const _ of [1, 2, 3]) await openNode()
    await untilRegistered()
    const events: GenerateEvent[] = []
    const init = { ...components, memory: createNodeMemory() }
    const schema = '{"type": "colour"}'
    const sampling = { ...greedySampling, grammar: { type: 'json-schema' as const, schema } }
    const asking = (async () => {
      for await (const event of generate(init, { ...request, sampling })) events.push(event)
    })()
    await expect(asking).rejects.toMatchObject({ code: 'network/node-failed' })
    expect(events.filter(({ type }) => type === 'node-chosen')).toHaveLength(2)
  })

  test('a person who stops meanwhile gets an end, not an error', async () => {
    await openNode('engine fails', 20)
    await untilRegistered()
    const stop = new AbortController()
    const events: GenerateEvent[] = []
    const init = { ...components, memory: createNodeMemory() }
    for await (const event of generate(init, request, { signal: stop.signal })) {
      events.push(event)
      if (event.type === 'node-lost') stop.abort()
    }
    expect(events.at(-1)).toMatchObject({ type: 'end', answer: { finishReason: 'cancelled' } })
  })

  test('and nobody is left: what came stays, and the reason is told', async () => {
    await openNode('engine fails', 20)
    const tokens: number[] = []
    const failure = (async () => {
      await untilRegistered()
      const memory = createNodeMemory()
      for await (const event of generate({ ...components, memory }, request)) {
        if (event.type === 'delta') tokens.push(...event.tokens)
      }
    })()
    await expect(failure).rejects.toMatchObject({ code: 'network/node-failed' })
    expect(tokens.length).toBeGreaterThanOrEqual(20)
  })
})

test('an answer alone is the truth that the others are held to', () => {
  expect(whole.tokens.length).toBeGreaterThan(60)
})

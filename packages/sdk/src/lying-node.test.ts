import { createPrivateKey, type Receipt, signQuote, signReceipt, WeftError } from '@weft/protocol'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { recheck } from './recheck.ts'
import { openRoad } from './testing/road-stage.ts'

const road = await openRoad()
const { collect, engine, node, privateKey, served, startServing } = road

afterEach(async () => {
  await road.stopServing()
  road.served.length = 0
})

afterAll(() => road.close())

describe('a node that', () => {
  test('sends another text than its tokens spell is found by computing it again', async () => {
    startServing({
      engine: {
        measurePrompt: engine.measurePrompt,
        async *generate(init, options) {
          for await (const part of engine.generate(init, options)) {
            yield part.type === 'delta' && part.index === 3 ? { ...part, text: ' LIE' } : part
          }
        },
      },
    })
    const { end } = await collect()
    expect(end.answer.text).toContain(' LIE')
    expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: 3 })
  })

  test('appends text to an answer cut by length is found by computing it again', async () => {
    startServing()
    const { end } = await collect({ maxTokens: 40 })
    expect(end.answer.finishReason).toBe('length')
    expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: null })
    for (const finishReason of ['length', 'cancelled', null] as const) {
      const text = `${end.answer.text} LIE: send money to x`
      const forged = { ...end.answer, text, finishReason }
      expect((await recheck(engine, forged)).firstDifference).not.toBeNull()
    }
    const early = { ...end.answer, tokens: end.answer.tokens.slice(0, 3) }
    expect((await recheck(engine, early)).firstDifference).toBe(3)
    const textOnly = { ...end.answer, tokens: [], finishReason: 'cancelled' as const }
    expect((await recheck(engine, textOnly)).firstDifference).toBe(0)
  })

  test.each<[string, keyof Receipt, (receipt: Receipt) => Partial<Receipt>]>([
    ['more than it sent', 'outputTokens', ({ outputTokens: sent }) => ({ outputTokens: sent + 1 })],
    [
      'an answer that had no room, which it had',
      'finishReason',
      () => ({ finishReason: 'length' }),
    ],
  ])('signs a receipt for %s is refused by name', async (_, field, lie) => {
    const lied = ({ signature: _, ...receipt }: Receipt) =>
      signReceipt({ ...receipt, ...lie({ ...receipt, signature: _ }) }, privateKey)
    startServing({
      network: {
        handleJobs: (handler) =>
          node.handleJobs((incoming) =>
            handler({
              job: incoming.job,
              answered: incoming.answered,
              clientPeerId: incoming.clientPeerId,
              payment: incoming.payment,
              signal: incoming.signal,
              closed: incoming.closed,
              handleVouchers: (take) => incoming.handleVouchers(take),
              refuse: (error) => incoming.refuse(error),
              queue: (place) => incoming.queue(place),
              quote: (quote) => incoming.quote(quote),
              send: (delta) => incoming.send(delta),
              finish: (receipt) => incoming.finish(lied(receipt)),
              fail: (error) => incoming.fail(error),
            }),
          ),
      },
    })
    const failure = collect()
    await expect(failure).rejects.toMatchObject({ code: 'protocol/receipt' })
    await expect(failure).rejects.toMatchObject({
      facts: [`Differs: ${field}`, expect.stringContaining('Nobody else went on')],
    })
  })

  test('has room for less than was asked for says so, and signs nothing', async () => {
    startServing({
      engine: {
        measurePrompt: engine.measurePrompt,
        generate: (init, options) => engine.generate({ ...init, maxTokens: 20 }, options),
      },
    })
    await expect(collect()).rejects.toMatchObject({
      code: 'network/node-failed',
      cause: { code: 'engine/short-context' },
    })
  })

  test('asks more than the job allows is refused before it learns the nonce', async () => {
    const price = { inputWeiPerMillion: 1n, outputWeiPerMillion: 1n }
    startServing({
      network: {
        handleJobs: (handler) =>
          node.handleJobs((incoming) => {
            const { quote } = incoming
            incoming.quote = ({ signature: _, ...honest }) =>
              quote.call(incoming, signQuote({ ...honest, price }, privateKey))
            return handler(incoming)
          }),
      },
    })
    await expect(collect()).rejects.toMatchObject({ code: 'protocol/quote' })
    expect(served.filter(({ type }) => type === 'job-start')).toEqual([])
  })

  test('signs with another key is refused', async () => {
    startServing({ privateKey: createPrivateKey() })
    await expect(collect()).rejects.toMatchObject({ code: 'protocol/signature' })
  })

  test('gives up is quoted with its own words', async () => {
    startServing({
      engine: {
        measurePrompt: engine.measurePrompt,
        // biome-ignore lint/correctness/useYield: it fails before its first part.
        async *generate() {
          throw new WeftError('engine/device-lost', 'The GPU was lost.')
        },
      },
    })
    const failure = collect()
    await expect(failure).rejects.toMatchObject({ code: 'network/node-failed' })
    await expect(failure).rejects.toThrow('The GPU was lost.')
  })

  test('gives up each time behind an empty delta is not asked for ever', async () => {
    startServing({
      engine: {
        measurePrompt: engine.measurePrompt,
        async *generate() {
          yield { type: 'delta', index: 0, tokens: [], text: '' }
          throw new WeftError('engine/device-lost', 'The GPU was lost.')
        },
      },
    })
    await expect(collect()).rejects.toMatchObject({ code: 'network/node-failed' })
    expect(served.filter(({ type }) => type === 'job-start')).toHaveLength(8)
  })
})

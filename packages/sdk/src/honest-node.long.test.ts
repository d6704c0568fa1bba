import { manifestCid, pause, WeftError } from '@weft/protocol'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { claimOf } from './checking/ask-verifier.ts'
import { generate } from './generate.ts'
import { recheck } from './recheck.ts'
import type { GivenClaim, ServeInit } from './serve.ts'
import type { GenerateEvent } from './tab.ts'
import { openRoad } from './testing/road-stage.ts'

const road = await openRoad()
const { collect, components, engine, manifest, node, request, served, startServing, stopServing } =
  road

/** Goes on until such an event. @throws Error where the answer ends before */
async function next(events: AsyncGenerator<GenerateEvent>, type: GenerateEvent['type']) {
  for (;;) {
    const { value, done } = await events.next()
    if (done) throw new Error(`The answer ended without ${type}.`)
    if (value.type === type) return
  }
}

const jobEnds = (events: typeof served) => events.filter(({ type }) => type === 'job-end')
const queueNow = () => served.filter(({ type }) => type === 'queue-change').at(-1)

/** Stays in the middle of its first answer until that is broken off: who comes meanwhile waits, however late. */
function holding(): Partial<ServeInit> {
  let isFirst = true
  return {
    engine: {
      measurePrompt: (init) => engine.measurePrompt(init),
      async *generate(init, options) {
        const isHeld = isFirst
        isFirst = false
        for await (const part of engine.generate(init, options)) {
          yield part
          if (isHeld && part.type === 'delta') await pause(30_000, options?.signal)
        }
      },
    },
  }
}

/** What the others do may take its time on a machine that does much else. */
const soon = { timeout: 10_000 }

afterEach(async () => {
  await road.stopServing()
  road.served.length = 0
})

afterAll(() => road.close())

describe('an honest node', () => {
  test('answers, signs, and the same seed gives the same tokens here', async () => {
    const given: GivenClaim[] = []
    startServing({ onAnswer: (claim) => given.push(claim) })
    const { events, end } = await collect()
    // What the node could show to a court is what the client would show.
    const { court: _, ...claim } = claimOf(end.answer)
    expect(given).toEqual([claim])
    expect(events.map(({ type }) => type).slice(0, 3)).toEqual([
      'search-start',
      'node-chosen',
      'delta',
    ])
    expect(end.answer.finishReason).toBe('stop')
    expect(end.answer.tokens.length).toBeGreaterThan(32)
    expect(end.receipt?.outputTokens).toBe(end.answer.tokens.length)
    expect(end.answer.segments).toEqual([{ peerId: node.peerId, startToken: 0, startChar: 0 }])
    expect(await recheck(engine, end.answer)).toMatchObject({
      tokens: end.answer.tokens.length,
      firstDifference: null,
    })
    await expect.poll(() => jobEnds(served).at(-1), soon).toMatchObject({ state: 'done' })
  })

  test('a changed token is found where it is', async () => {
    startServing()
    const { end } = await collect()
    const tokens = end.answer.tokens.map((token, index) => (index === 20 ? token + 1 : token))
    expect(await recheck(engine, { ...end.answer, tokens })).toMatchObject({ firstDifference: 20 })
    const shorter = { ...end.answer, tokens: end.answer.tokens.slice(0, -3) }
    expect((await recheck(engine, shorter)).firstDifference).toBe(shorter.tokens.length)
  })

  test('a cancelled answer has a receipt over what arrived', async () => {
    const given: GivenClaim[] = []
    startServing({ onAnswer: (claim) => given.push(claim) })
    const controller = new AbortController()
    const events: GenerateEvent[] = []
    for await (const event of generate(components, request, { signal: controller.signal })) {
      events.push(event)
      if (event.type === 'delta' && event.index >= 5) controller.abort()
    }
    const end = events.at(-1)
    if (end?.type !== 'end') throw new Error('no end')
    expect(given).toMatchObject([{ tokens: end.answer.tokens, receipt: end.receipt }])
    expect(end.answer.finishReason).toBe('cancelled')
    expect(end.receipt?.finishReason).toBe('cancelled')
    expect(end.receipt?.outputTokens).toBe(end.answer.tokens.length)
    expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: null })
    await expect.poll(() => jobEnds(served).at(-1), soon).toMatchObject({ state: 'cancelled' })
  })

  test('refuses a prompt that does not fit, and says by how much', async () => {
    startServing()
    const messages = [{ role: 'user' as const, content: 'word '.repeat(900) }]
    const failure = collect({ messages })
    await expect(failure).rejects.toMatchObject({ code: 'engine/prompt-too-long' })
    await expect(failure).rejects.toThrow(/\d+ tokens/)
  })

  test.each([1, 2])('with %i places lets a client wait that has its share', async (maxJobs) => {
    startServing({ maxJobs, ...holding() })
    const first = generate(components, request)
    await next(first, 'delta')
    const second = collect()
    await expect.poll(queueNow, soon).toMatchObject({ waiting: 1 })
    await first.return()
    const { events, end } = await second
    expect(end.answer.finishReason).toBe('stop')
    const about = { type: 'queued', position: 1, aboutMs: expect.any(Number) }
    expect(events.find(({ type }) => type === 'queued')).toEqual(about)
    await expect.poll(queueNow, soon).toMatchObject({ running: 0, waiting: 0 })
  })

  test('is left by a client that waits no longer', async () => {
    startServing({ maxJobs: 1, ...holding() })
    const first = generate(components, request)
    await next(first, 'delta')
    const controller = new AbortController()
    const second = generate(components, request, { signal: controller.signal })
    await next(second, 'queued')
    controller.abort()
    expect((await second.next()).value).toMatchObject({ type: 'end', receipt: null })
    await expect.poll(queueNow, soon).toMatchObject({ waiting: 0 })
    const third = generate(components, request)
    await next(third, 'queued')
    await third.return()
    await expect.poll(queueNow, soon).toMatchObject({ running: 1, waiting: 0 })
    await first.return()
  })

  test('is left by a client that goes when its turn has come, before it hears of it', async () => {
    startServing({ maxJobs: 1, ...holding() })
    const first = generate(components, request)
    await next(first, 'delta')
    const second = generate(components, request)
    await next(second, 'queued')
    await first.return()
    await expect.poll(queueNow, soon).toMatchObject({ running: 1, waiting: 0 })
    // The quote is on its way, and nobody asks for the next event.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await second.return()
    await expect.poll(queueNow, soon).toMatchObject({ running: 0, waiting: 0 })
  })

  test('that is switched off ends its jobs and says so', async () => {
    startServing()
    const tokens: number[] = []
    const failure = (async () => {
      for await (const event of generate(components, request)) {
        if (event.type !== 'delta') continue
        tokens.push(...event.tokens)
        if (tokens.length === 5) void stopServing()
      }
    })()
    await expect(failure).rejects.toMatchObject({ code: 'network/node-failed' })
    await expect(failure).rejects.toThrow('switched serving off')
    expect(tokens.length).toBeLessThan(60)
    await expect.poll(() => jobEnds(served).at(-1), soon).toMatchObject({ state: 'failed' })
  })

  test('tokenises nothing that cannot fit', async () => {
    startServing()
    const messages = [{ role: 'user' as const, content: '7'.repeat(300_000) }]
    const failure = collect({ messages })
    await expect(failure).rejects.toMatchObject({ code: 'protocol/too-large' })
    await expect(failure).rejects.toThrow(/bytes over the limit/)
  })

  test('two jobs at once give the same tokens as alone', async () => {
    startServing({ maxJobs: 4 })
    const [first, second] = await Promise.all([collect(), collect()])
    for (const { end } of [first, second]) {
      expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: null })
    }
  })
})

test('without nodes the person is offered their own device', async () => {
  const failure = collect({ modelCid: manifestCid({ ...manifest, name: 'Unserved' }) })
  await expect(failure).rejects.toMatchObject({ code: 'sdk/no-nodes' })
  await expect(failure).rejects.toSatisfy(
    (error) => WeftError.is(error) && error.facts.join().includes('Answer on this device'),
  )
})

test('a local answer needs no network and can be checked like any other', async () => {
  const { end } = await collect({ where: 'local' })
  expect(end.receipt).toBeNull()
  expect(end.answer.where).toBe('local')
  expect(await recheck(engine, end.answer)).toMatchObject({ firstDifference: null })
})

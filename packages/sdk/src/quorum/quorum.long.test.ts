import { defaultSampling, WeftError } from '@weft/protocol'
import type { AnswerRecord } from '@weft/storage'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { createAnswerChecks } from '../checking/answer-checks.ts'
import { dieLots } from '../checking/lots.ts'
import { generate } from '../generate.ts'
import { createNodeMemory } from '../node-memory.ts'
import type { GenerateEvent } from '../tab.ts'
import { openCheckingStage } from '../testing/checking-stage.ts'

const stage = await openCheckingStage()
// Of several nodes the road's own is none.
await stage.node.stop()
beforeEach(() => Promise.all([stage.closeVerifiers(), stage.closeNodes()]))
afterAll(() => stage.close())

/** A job for so many tabs, and all that comes of it. */
async function ask(quorum: number) {
  const memory = createNodeMemory()
  let kept: AnswerRecord | null = null
  const checks = createAnswerChecks({
    network: stage.client,
    memory,
    manifestOf: () => stage.manifest,
    lots: dieLots(0),
    trialShare: 0,
    times: { patienceMs: 60_000, retryMs: 50 },
    waiting: async () => [],
    keep: async () => {},
  })
  checks.onChange(({ change }) => {
    kept = kept && change(kept)
  })
  const components = { ...stage.components, memory, checks }
  const request = { ...stage.request, sampling: defaultSampling, maxTokens: 64 }
  const events: GenerateEvent[] = []
  for await (const event of generate(components, { ...request, grade: { quorum } })) {
    events.push(event)
    if (event.type === 'end') kept = event.answer
  }
  const end = events.at(-1)
  if (end?.type !== 'end' || !end.answer.quorum) throw new Error('no end of a quorum')
  const { answer } = end
  return { events, answer, quorum: end.answer.quorum, memory, checks, now: () => kept }
}

test('two that answer the same: each signs, and nobody else is asked', async () => {
  await stage.openNode()
  await stage.openNode()
  const { answer, quorum, events } = await ask(2)
  expect(quorum.witnesses).toHaveLength(1)
  const [witness] = quorum.witnesses
  expect(witness).toMatchObject({ partsAt: null, answer: { tokens: answer.tokens } })
  expect(witness?.answer.receipt?.jobId).toEqual(answer.receipt?.jobId)
  expect(witness?.answer.receipt?.nodePeerId).not.toBe(answer.receipt?.nodePeerId)
  // One seed, and nobody was told it before both had committed.
  expect(witness?.answer.nonce).toEqual(answer.nonce)
  expect(answer.bills).toHaveLength(1)
  expect(witness?.answer.bills).toHaveLength(1)
  expect(answer.check).toBeNull()
  const text = events.map((event) => (event.type === 'delta' ? event.text : '')).join('')
  expect(answer.text.endsWith(text)).toBe(true)
})

test('of three the two that agree are shown, and the third is looked at', async () => {
  const cheat = await stage.openNode(stage.hot)
  await stage.openNode()
  await stage.openNode()
  await stage.openVerifier()
  await stage.openVerifier()
  const { answer, quorum, now, memory, checks } = await ask(3)
  const parted = quorum.witnesses.find(({ partsAt }) => partsAt !== null)
  expect(parted?.answer.receipt?.nodePeerId).toBe(cheat.peerId)
  expect(quorum.witnesses.filter(({ partsAt }) => partsAt === null)).toHaveLength(1)
  expect(answer.receipt?.nodePeerId).not.toBe(cheat.peerId)
  await vi.waitFor(() => expect([...memory.falseNodes.get()]).toEqual([cheat.peerId]), {
    timeout: 30_000,
  })
  await vi.waitFor(() => expect(now()?.check).toMatchObject({ outcome: 'passed' }), {
    timeout: 30_000,
  })
  checks.close()
})

test('of two that part a verifier decides', async () => {
  const cheat = await stage.openNode(stage.hot)
  const honest = await stage.openNode()
  await stage.openVerifier()
  await stage.openVerifier()
  const { quorum, now, memory, checks } = await ask(2)
  expect(quorum.witnesses[0]?.partsAt).not.toBeNull()
  await vi.waitFor(
    () => {
      expect(now()?.receipt?.nodePeerId).toBe(honest.peerId)
      expect(now()?.check?.outcome).toBe('passed')
      expect(now()?.quorum?.witnesses[0]?.answer.check?.outcome).toBe('failed')
    },
    { timeout: 30_000 },
  )
  expect([...memory.falseNodes.get()]).toEqual([cheat.peerId])
  checks.close()
})

test('one that is lost on the way is replaced by a third', async () => {
  let isBroken = false
  const breaking: Parameters<typeof stage.openNode>[0] = {
    engine: {
      measurePrompt: (init) => stage.engine.measurePrompt(init),
      async *generate(init, options) {
        let tokens = 0
        for await (const part of stage.engine.generate(init, options)) {
          yield part
          tokens += part.type === 'delta' ? part.tokens.length : 0
          if (tokens < 8 || isBroken) continue
          isBroken = true
          throw new WeftError('engine/crashed', 'The engine crashed.')
        }
      },
    },
  }
  for (let count = 0; count < 3; count += 1) await stage.openNode(breaking)
  const { answer, quorum } = await ask(2)
  expect(quorum.witnesses).toMatchObject([{ partsAt: null }])
  const members = [answer, ...quorum.witnesses.map((witness) => witness.answer)]
  expect(members.flatMap(({ handovers }) => handovers)).toMatchObject([{ tokens: 8 }])
  for (const { finishReason, receipt } of members) {
    expect(finishReason).toMatch(/stop|length/)
    expect(receipt).not.toBeNull()
  }
})

test('where nobody else serves, one answers and a verifier is asked', async () => {
  await stage.openNode()
  await stage.openVerifier()
  const { answer, quorum, now, checks } = await ask(2)
  expect(quorum).toEqual({ size: 2, witnesses: [] })
  expect(answer.check?.state).toBe('waiting')
  await vi.waitFor(() => expect(now()?.check?.outcome).toBe('passed'), { timeout: 30_000 })
  checks.close()
})

test('who quotes and then says nothing confirms nothing: a verifier is asked', async () => {
  await stage.openNode()
  await stage.openNode({
    engine: {
      measurePrompt: (init) => stage.engine.measurePrompt(init),
      async *generate() {
        yield* []
        throw new WeftError('engine/crashed', 'The engine crashed.')
      },
    },
  })
  await stage.openVerifier()
  const { answer, quorum, now, checks } = await ask(2)
  expect(quorum.witnesses).toMatchObject([{ partsAt: null, answer: { tokens: [], receipt: null } }])
  expect(answer.check?.state).toBe('waiting')
  await vi.waitFor(() => expect(now()?.check?.outcome).toBe('passed'), { timeout: 10_000 })
  checks.close()
})

test('who stops it is answered with what all have signed by then', async () => {
  await stage.openNode()
  await stage.openNode()
  const stop = new AbortController()
  const components = { ...stage.components, memory: createNodeMemory() }
  const request = { ...stage.request, maxTokens: 512, grade: { quorum: 2 } }
  let answer: AnswerRecord | null = null
  for await (const event of generate(components, request, { signal: stop.signal })) {
    if (event.type === 'delta' && event.index > 4) stop.abort()
    if (event.type === 'end') answer = event.answer
  }
  expect(answer).toMatchObject({ finishReason: 'cancelled' })
})

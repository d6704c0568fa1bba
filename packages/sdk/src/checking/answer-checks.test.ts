import { addressFromPeerId } from '@weft/protocol'
import type { AnswerPlace, AnswerRecord, CheckRecord } from '@weft/storage'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { generate } from '../generate.ts'
import { createNodeMemory, type NodeMemory } from '../node-memory.ts'
import type { GenerateRequest } from '../tab.ts'
import { openCheckingStage, says } from '../testing/checking-stage.ts'
import { createAnswerChecks } from './answer-checks.ts'
import { dieLots, type Lots } from './lots.ts'

const stage = await openCheckingStage()
const { client, manifest, node, openVerifier } = stage
/** Two cores are shared by many. */
const patient = { timeout: 15_000 }
const place: AnswerPlace = { conversationId: 'c', turnId: 't' }

/** A page: what it remembers, checks, and keeps. */
function openPage(
  lots: Lots = dieLots(1),
  kept: { answer: AnswerRecord | null } = { answer: null },
) {
  const memory = createNodeMemory()
  const checks = createAnswerChecks({
    network: client,
    memory,
    manifestOf: () => manifest,
    lots,
    trialShare: 0,
    times: { patienceMs: 60_000, retryMs: 50 },
    waiting: async () =>
      kept.answer?.check?.state === 'waiting' ? [{ place, answer: kept.answer }] : [],
    keep: async (_, change) => {
      if (kept.answer) kept.answer = change(kept.answer)
    },
  })
  return {
    memory,
    checks,
    kept,
    /** Asks for an answer and waits for its end, not for its check. */
    async ask(request: Partial<GenerateRequest>) {
      const components = { ...stage.components, memory, checks }
      const events = generate(components, { ...stage.request, maxTokens: 64, place, ...request })
      let check: CheckRecord | null = null
      for await (const event of events) {
        if (event.type === 'end') {
          kept.answer = event.answer
          check = event.answer.check
        }
      }
      return check
    },
    state: (state: CheckRecord['state']) =>
      vi.waitFor(() => {
        expect(kept.answer?.check?.state).toBe(state)
        return kept.answer?.check
      }, patient),
  }
}

/** Serves honestly, or as it is told. */
async function serving<Result>(
  work: () => Promise<Result>,
  change: Parameters<typeof stage.startServing>[0] = {},
): Promise<Result> {
  stage.startServing(change)
  try {
    return await work()
  } finally {
    await stage.stopServing()
  }
}

beforeEach(() => stage.closeVerifiers())
afterAll(() => stage.close())

test('each grade asks for what it says, and nothing waits for it', async () => {
  const page = openPage(dieLots(0))
  await serving(async () => {
    expect(await page.ask({ grade: 'signed' })).toBeNull()
    // By default; no lot falls here.
    expect(await page.ask({})).toMatchObject({ state: 'waiting', lot: null })
    expect(await page.state('spared')).toMatchObject({ opinions: [], outcome: null })
    expect(await page.ask({ grade: 'always' })).toMatchObject({ state: 'waiting' })
  })
  const verifierPeerId = await openVerifier()
  expect(await page.state('decided')).toMatchObject({
    outcome: 'passed',
    opinions: [{ verifierPeerId, outcome: 'passed' }],
  })
  page.checks.close()
})

test('what waits goes on after a reload', async () => {
  const before = openPage()
  await serving(() => before.ask({ grade: 'sampled' }))
  await vi.waitFor(() => expect(before.kept.answer?.check?.lot).not.toBeNull(), patient)
  before.checks.close()
  await openVerifier()
  // The lot has fallen already: another one would spare it.
  const after = openPage(dieLots(0), before.kept)
  expect(await after.state('decided')).toMatchObject({ outcome: 'passed' })
  after.checks.close()
})

test('one that says false is not enough; two are, and the node gets no more jobs', async () => {
  const page = openPage()
  const first = await openVerifier()
  await serving(() => page.ask({ grade: 'always' }), stage.hot)
  await vi.waitFor(() => expect(page.kept.answer?.check?.opinions).toHaveLength(1), patient)
  expect(page.kept.answer?.check).toMatchObject({
    state: 'waiting',
    outcome: 'suspicious',
    opinions: [{ verifierPeerId: first, outcome: 'failed' }],
  })
  expect(page.memory.falseNodes.get().size).toBe(0)
  await openVerifier()
  expect(await page.state('decided')).toMatchObject({ outcome: 'failed' })
  expect([...page.memory.falseNodes.get()]).toEqual([node.peerId])
  await serving(() => expect(page.ask({})).rejects.toMatchObject({ code: 'sdk/only-false' }))
  page.checks.close()
})

test.each([
  ['accuses an honest node', 'failed', {}, 'passed'],
  ['vouches for a cheat', 'passed', stage.hot, 'failed'],
] as const)('a verifier that %s is outvoted and remembered', async (_, lie, served, outcome) => {
  const page = openPage()
  const liar = await openVerifier({ lie: says(lie) })
  const answer = await stage.answerOf(served)
  const check = await page.checks.ask(answer)
  expect(check.opinions).toMatchObject([{ verifierPeerId: liar, outcome: lie }])
  await openVerifier()
  await openVerifier()
  // A lone `passed` was enough before; asked again, it is one of three.
  const again = await page.checks.ask({ ...answer, check })
  const all =
    again.state === 'decided' && again.opinions.length === 3
      ? again
      : await page.checks.ask({ ...answer, check: again })
  expect(all).toMatchObject({ state: 'decided', outcome })
  expect(page.memory.isLiar(liar)).toBe(true)
  expect(page.memory.falseNodes.get().has(node.peerId)).toBe(outcome === 'failed')
  page.checks.close()
})

test.each<[string, (memory: NodeMemory, peerId: string) => void]>([
  ['found false', (memory, peerId) => memory.judged(peerId, 'failed')],
  ['convicted', (memory, peerId) => memory.convicted([addressFromPeerId(peerId)])],
])('who is %s while it answers is taken back, and another one goes on', async (_, catches) => {
  const nodes = [await stage.openNode(), await stage.openNode()]
  const memory = createNodeMemory()
  const components = { ...stage.components, memory }
  let caught = ''
  let answer: AnswerRecord | null = null
  for await (const event of generate(components, { ...stage.request, maxTokens: 64 })) {
    if (event.type === 'delta' && event.index > 4 && caught === '') {
      caught = event.nodePeerId
      catches(memory, caught)
    }
    if (event.type === 'end') answer = event.answer
  }
  expect(answer).toMatchObject({
    handovers: [{ peerId: caught, tokens: 0, error: { code: 'sdk/found-false' } }],
    receipt: { nodePeerId: nodes.find(({ peerId }) => peerId !== caught)?.peerId },
  })
  await stage.closeNodes()
})

test('where only convicts serve nobody is asked, and it says why', async () => {
  const page = openPage()
  page.memory.convicted([addressFromPeerId(node.peerId)])
  const refused = { code: 'sdk/only-false' }
  await serving(() => expect(page.ask({})).rejects.toMatchObject(refused))
  // What a court has said is no memory of this browser.
  await page.memory.forget()
  await serving(() => expect(page.ask({})).rejects.toMatchObject(refused))
  page.checks.close()
})

test('who stays away holds nothing up for ever', async () => {
  const kept = { answer: await stage.answerOf() }
  const check: CheckRecord = {
    state: 'waiting',
    lot: null,
    opinions: [],
    outcome: null,
    error: null,
  }
  kept.answer = { ...kept.answer, check }
  const checks = createAnswerChecks({
    network: client,
    memory: createNodeMemory(),
    manifestOf: () => manifest,
    lots: dieLots(1),
    trialShare: 0,
    times: { patienceMs: 2_000, retryMs: 50 },
    waiting: async () => [{ place, answer: kept.answer }],
    keep: async (_, change) => {
      kept.answer = change(kept.answer)
    },
  })
  await vi.waitFor(() => expect(kept.answer.check?.state).toBe('given-up'), patient)
  expect(kept.answer.check?.error?.code).toBe('sdk/no-verifiers')
  checks.close()
})

import { describe, expect, test } from 'vitest'
import { createLocalEngine } from './local-engine.ts'
import { bobbinInit, loadBobbin, nodeCpu } from './testing/node-model.ts'
import { collect, story } from './testing/reference-runs.ts'

const code = (value: unknown) => expect.objectContaining({ code: value })

describe('score', () => {
  test('finds the tokens that the model chose, wherever they were chosen', async () => {
    const engine = await loadBobbin()
    const greedy = await collect(engine.generate({ ...story, maxTokens: 40 }))
    const changed = greedy.tokens.with(20, 7)
    const options = { topK: 4, hiddenStates: true }
    const [honest, other] = await engine.score(
      [
        { ...story, answer: greedy.tokens, claim: null },
        { ...story, answer: changed, claim: null },
      ],
      options,
    )
    const best = greedy.tokens.map((_, index) => honest?.topTokens[4 * index])
    expect(best).toEqual(greedy.tokens)
    greedy.tokens.forEach((_, index) => {
      expect(honest?.answerLogits[index]).toBe(honest?.topLogits[4 * index])
    })
    expect(honest?.hiddenStates).toHaveLength(40 * 192)
    expect(other?.answerLogits[20]).toBeLessThan(other?.topLogits[80] ?? 0)
    // What comes before the change is the same prefill.
    expect(other?.topLogits.slice(0, 80)).toEqual(honest?.topLogits.slice(0, 80))
    await engine.close()
  })

  test.each([
    { answer: [], topK: 1 },
    { answer: [4096], topK: 1 },
    { answer: [5], topK: -1 },
    { answer: [5], topK: 4097 },
    { answer: new Array<number>(600).fill(5), topK: 1 },
  ])('refuses what no answer can be, %#', async ({ answer, topK }) => {
    const engine = await loadBobbin()
    const scores = engine.score([{ ...story, answer, claim: null }], { topK, hiddenStates: false })
    await expect(scores).rejects.toThrow(code('engine/bad-score'))
    await engine.close()
  })

  test('reads nothing where one of several is refused', async () => {
    const steps: unknown[] = []
    const openRuntime = async () => nodeCpu
    const engine = createLocalEngine({ openRuntime, onStep: (step) => steps.push(step) })
    await engine.load(bobbinInit())
    const inits = [[5, 6, 7], [4096]].map((answer) => ({ ...story, answer, claim: null }))
    const scores = engine.score(inits, { topK: 1, hiddenStates: false })
    await expect(scores).rejects.toThrow(code('engine/bad-score'))
    expect(await engine.memory()).toMatchObject({ runningJobs: 0 })
    expect(steps).toEqual([])
    await engine.close()
  })

  test('can be cancelled', async () => {
    const engine = await loadBobbin()
    const options = { topK: 1, hiddenStates: false, signal: AbortSignal.abort() }
    const scores = engine.score([{ ...story, answer: [5], claim: null }], options)
    await expect(scores).rejects.toThrow(code('protocol/cancelled'))
    await engine.close()
  })
})

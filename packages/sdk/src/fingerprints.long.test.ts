/** Fingerprints on the road: from a node's engine into its receipt, and to a verifier. */
import { checkSharedAnswer, type Thresholds } from '@weft/protocol'
import { isAlike } from '@weft/verification'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askVerifier, claimOf } from './checking/ask-verifier.ts'
import { createNodeMemory } from './node-memory.ts'
import type { ServeInit } from './serve.ts'
import { toShared } from './share.ts'
import { openCheckingStage } from './testing/checking-stage.ts'

const fingerprint = { leastAlike: 0.9, mostMantissa: 0.5 }
/** Nearly everything is unusual, and nothing fails by its margins. */
const thresholds: Thresholds = {
  marginClip: 1,
  windows: [{ tokens: 32, suspicious: 1e-4, failed: 2 }],
  fingerprint,
}
const stage = await openCheckingStage()
const manifest = { ...stage.manifest, thresholds }
beforeAll(() => stage.openVerifier({ model: manifest }))
afterAll(() => stage.close())

const answerOf = async (change: Partial<ServeInit> = {}) => {
  const answer = await stage.answerOf(change)
  expect(answer.fingerprints).toHaveLength(Math.floor(answer.tokens.length / 32))
  expect(answer.fingerprints.length).toBeGreaterThan(0)
  expect(() => checkSharedAnswer(toShared(answer))).not.toThrow()
  return answer
}

async function ask(answer: Awaited<ReturnType<typeof answerOf>>) {
  const init = { network: stage.client, memory: createNodeMemory(), manifestOf: () => manifest }
  return askVerifier(init, claimOf(answer), { without: [], drawn: null })
}

test('nobody looks at those of an answer that is as usual', async () => {
  expect(await ask(await answerOf())).toMatchObject({ outcome: 'passed', likenesses: [] })
})

test('those of an unusual one that this model has computed leave it open', async () => {
  const answer = await answerOf(stage.hot)
  const { outcome, likenesses } = await ask(answer)
  expect(outcome).toBe('suspicious')
  expect(likenesses).toHaveLength(answer.fingerprints.length)
  expect(likenesses.every((each) => isAlike(each, fingerprint))).toBe(true)
})

test('those of another computation convict it', async () => {
  const { engine } = stage.hot
  const other: ServeInit['engine'] = {
    ...engine,
    async *generate(init, options) {
      for await (const part of engine.generate(init, options)) {
        const states = part.type === 'delta' && part.hiddenStates?.map((state) => 1.7 * state + 0.1)
        yield states ? { ...part, hiddenStates: states } : part
      }
    },
  }
  const { outcome, likenesses } = await ask(await answerOf({ engine: other }))
  expect(outcome).toBe('failed')
  expect(likenesses.some((each) => isAlike(each, fingerprint))).toBe(false)
})

test('a device that shows no states signs nothing', async () => {
  const { engine } = stage
  const blind: ServeInit['engine'] = {
    measurePrompt: engine.measurePrompt,
    generate: (init, options) => engine.generate({ ...init, hiddenStates: false }, options),
  }
  await expect(stage.answerOf({ engine: blind })).rejects.toMatchObject({
    code: 'network/node-failed',
    cause: { code: 'sdk/no-fingerprints' },
  })
})

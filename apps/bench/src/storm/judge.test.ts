import { createJob, deriveSeed, freePrice, greedySampling, jobId, TokenChain } from '@weft/protocol'
import { expect, test } from 'vitest'
import { type Heard, judge } from './judge.ts'
import { createLightEngine } from './light-engine.ts'
import { promptFor, truthOf } from './light-model.ts'

const words = 100

function ask(maxTokens: number) {
  const sealed = createJob({
    modelCid: `b${'a'.repeat(58)}`,
    messages: promptFor(words),
    sampling: greedySampling,
    overflow: 'error',
    maxTokens,
    clientPeerId: `16Uiu2${'1'.repeat(47)}`,
    maxPrice: freePrice,
    createdAtMs: 0,
  })
  const { job, nonce } = sealed
  const seed = deriveSeed({ jobId: jobId(job), nonce, modelCid: job.modelCid })
  return { ...sealed, seed, truth: truthOf(seed, job) }
}

/** @param handovers after how many tokens or soon after the next node goes on */
async function hear(maxTokens: number, handovers: number[] = [], invents = false): Promise<Heard> {
  const { job, nonce, seed, truth } = ask(maxTokens)
  const engine = createLightEngine({ tokensPerSecond: 100_000, invents })
  const deltas: Heard['deltas'] = []
  let next = 0
  for (const until of [...handovers, Number.POSITIVE_INFINITY]) {
    const answered = truth.tokens.slice(0, next)
    for await (const part of engine.generate({ ...job, seed, answered })) {
      if (part.type !== 'delta') continue
      const { index, tokens, text } = part
      deltas.push({ index, tokens, text })
      next = index + tokens.length
      if (next >= until) break
    }
  }
  return { asked: { job, nonce }, deltas, end: endOf(deltas), hasCancelled: false, isHung: false }

  function endOf(heard: Heard['deltas']): Heard['end'] {
    const tokens = heard.flatMap((delta) => delta.tokens)
    const chain = new TokenChain({ jobId: jobId(job), nonce })
    chain.push(tokens)
    // Of a receipt only its chain is judged here; the sdk checks the rest.
    const receipt = { tokenChain: chain.windows() } as NonNullable<Heard['end']>['receipt']
    const text = heard.map((delta) => delta.text).join('')
    return { tokens, text, finishReason: truth.finishReason, receipt }
  }
}

test('a whole answer, one that its limit ends, and one that goes on elsewhere', async () => {
  for (const heard of [await hear(256), await hear(50), await hear(256, [1, 37])]) {
    const { verdict, tokens } = judge(heard)
    expect(verdict).toBe('whole')
    expect(tokens).toBe(Math.min(words, heard.asked?.job.maxTokens ?? 0))
  }
})

test('a token less, one twice, another one, other text, no receipt', async () => {
  const heard = await hear(256)
  const { deltas } = heard
  const without = [...deltas.slice(0, 9), ...deltas.slice(10)]
  expect(judge({ ...heard, deltas: without })).toMatchObject({ verdict: 'lost' })
  // Behind the last token there may be the rest of a character.
  const lastToken = deltas.findLastIndex(({ tokens }) => tokens.length > 0)
  expect(judge({ ...heard, deltas: deltas.slice(0, lastToken) })).toMatchObject({ verdict: 'lost' })
  const twice = [...deltas.slice(0, 9), ...deltas.slice(8)]
  expect(judge({ ...heard, deltas: twice })).toMatchObject({
    verdict: 'duplicated',
    duplicated: deltas[8]?.tokens.length,
  })
  const other = deltas.map((delta, at) => (at === 5 ? { ...delta, tokens: [1] } : delta))
  expect(judge({ ...heard, deltas: other }).verdict).toBeOneOf(['wrong', 'lost'])
  const loud = deltas.map((delta) => ({ ...delta, text: delta.text.toUpperCase() }))
  expect(judge({ ...heard, deltas: loud })).toMatchObject({ verdict: 'wrong' })
  const unsigned = heard.end && { ...heard.end, receipt: null }
  expect(judge({ ...heard, end: unsigned })).toMatchObject({ verdict: 'wrong' })
})

test('a beginning is a prefix, a failure or a hang', async () => {
  const heard = await hear(256)
  const deltas = heard.deltas.slice(0, 7)
  const tokens = deltas.flatMap((delta) => delta.tokens)
  const text = deltas.map((delta) => delta.text).join('')
  const end = { tokens, text, finishReason: 'cancelled' as const, receipt: null }
  const begun = { ...heard, deltas, end }
  expect(judge({ ...begun, hasCancelled: true })).toMatchObject({ verdict: 'prefix' })
  expect(judge({ ...begun, end: { ...end, finishReason: null } })).toMatchObject({
    verdict: 'failed',
  })
  expect(judge({ ...begun, end: null })).toMatchObject({ verdict: 'failed' })
  expect(judge({ ...begun, isHung: true })).toMatchObject({ verdict: 'hung' })
  expect(judge({ ...begun, asked: null, end: null })).toMatchObject({ verdict: 'failed' })
})

test('what a node made up, alone or behind a true beginning, is told from what is broken', async () => {
  const invented = await hear(256, [], true)
  expect(judge(invented)).toMatchObject({ verdict: 'invented', tokens: words, lost: 0 })
  const late = await hear(256, [40])
  const handedOver = late.deltas.findIndex(({ index }) => index >= 40)
  expect(judge(late)).toMatchObject({ verdict: 'whole' })
  expect(judge({ ...late, deltas: late.deltas.slice(0, handedOver) })).toMatchObject({
    verdict: 'lost',
  })
  const loud = invented.deltas.map((delta) => ({ ...delta, text: delta.text.toUpperCase() }))
  expect(judge({ ...invented, deltas: loud })).toMatchObject({ verdict: 'wrong' })
})

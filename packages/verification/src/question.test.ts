import { createJob, defaultSampling, deriveSeed, freePrice, jobId } from '@weft/protocol'
import { expect, test } from 'vitest'
import { questionOf } from './question.ts'

test('a verifier asks by the job’s own settings and seed', () => {
  const { job, nonce } = createJob({
    modelCid: 'bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
    messages: [{ role: 'user', content: 'Hello' }],
    tools: [{ name: 'clock', description: 'Tells the time.', parameters: '{}' }],
    sampling: defaultSampling,
    overflow: 'slide',
    maxTokens: 64,
    clientPeerId: '16Uiu2HAm4v86W3bmT1BiH6oSPzcsSr24iDQpSN5Qa992BCjjwgrD',
    maxPrice: freePrice,
    createdAtMs: 1_800_000_000_000,
  })
  const answer = [5, 6, 7]
  const { modelCid, messages, tools } = job
  const seed = deriveSeed({ jobId: jobId(job), nonce, modelCid })
  expect(questionOf({ job, nonce, answer, finishReason: 'stop' })).toEqual({
    messages,
    tools,
    overflow: 'slide',
    maxTokens: 64,
    answer,
    claim: { sampling: defaultSampling, seed, ended: true },
  })
  expect(questionOf({ job, nonce, answer, finishReason: 'length' }).claim.ended).toBe(false)
})

/**
 * What a verifier asks an engine about an answer.
 * @module
 */
import { deriveSeed, type Job, jobId, type Receipt, type Sampling } from '@weft/protocol'

/** What the client hands to a verifier; checked against the receipt by `checkReceipt` before. */
export type Asked = {
  job: Job
  nonce: Uint8Array
  /** All tokens of the answer. */
  answer: readonly number[]
  finishReason: Receipt['finishReason']
}

export type Question = Pick<Job, 'messages' | 'tools' | 'overflow' | 'maxTokens'> & {
  answer: readonly number[]
  claim: { sampling: Sampling; seed: Uint8Array; ended: boolean }
}

/**
 * The job as it was, with the claim that goes with it: these tokens by the job's settings and seed, and
 * behind `stop` the model's own end.
 */
export function questionOf({ job, nonce, answer, finishReason }: Asked): Question {
  const { messages, tools, overflow, maxTokens, sampling, modelCid } = job
  const seed = deriveSeed({ jobId: jobId(job), nonce, modelCid })
  const claim = { sampling, seed, ended: finishReason === 'stop' }
  return { messages, tools, overflow, maxTokens, answer, claim }
}

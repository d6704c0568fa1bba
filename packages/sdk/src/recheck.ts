/**
 * Computes an answer again on this device and compares it token by token, its text and end with it.
 * @module
 */
import type { Engine } from '@weft/engine'
import { CancelledError, deriveSeed, jobId, WeftError } from '@weft/protocol'
import type { AnswerRecord, RecheckRecord } from '@weft/storage'
import type { WaitOptions } from './tab.ts'

/**
 * @throws WeftError `sdk/nothing-to-check` for an answer without tokens or seed; `engine/*`
 */
export async function recheck(
  engine: Pick<Engine, 'generate'>,
  answer: AnswerRecord,
  options: WaitOptions = {},
): Promise<RecheckRecord> {
  const { job, nonce, tokens, finishReason } = answer
  if (!nonce || (tokens.length === 0 && answer.text === '')) {
    throw new WeftError('sdk/nothing-to-check', 'This answer has no tokens to check.')
  }
  const { messages, tools, sampling, overflow, modelCid } = job
  const seed = deriveSeed({ jobId: jobId(job), nonce, modelCid })
  // A whole answer must also end where it ended; one that was cut off is a prefix of something.
  const whole = finishReason === 'stop' || finishReason === 'length'
  if (!whole && tokens.length === 0) return result(0, 0) // Text without a token.
  const maxTokens = whole ? job.maxTokens : tokens.length
  let count = 0
  let text = ''
  let ending: typeof finishReason = null
  const init = { messages, tools, sampling, overflow, seed, maxTokens, answered: [] }
  for await (const part of engine.generate(init, options)) {
    if (part.type === 'end') ending = part.finishReason
    if (part.type !== 'delta') continue
    text += part.text
    const sameText = answer.text.startsWith(text) || text.startsWith(answer.text)
    const differs = part.tokens.findIndex((token, index) => token !== tokens[count + index])
    if (differs >= 0 || !sameText) return result(count, count + Math.max(differs, 0))
    count += part.tokens.length
  }
  if (ending === 'cancelled') throw new CancelledError({ subject: 'The check' })
  const sameEnd = whole
    ? text === answer.text && ending === finishReason
    : text.startsWith(answer.text)
  return result(count, sameEnd && count === tokens.length ? null : count)
}

function result(tokens: number, firstDifference: number | null): RecheckRecord {
  return { tokens, firstDifference, atMs: Date.now() }
}

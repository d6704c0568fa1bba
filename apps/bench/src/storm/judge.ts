/**
 * An answer held against the truth, token by token.
 * @module
 */
import {
  bytesEqual,
  type Delta,
  deriveSeed,
  type FinishReason,
  type Job,
  jobId,
  type Receipt,
  TokenChain,
} from '@weft/protocol'
import { inventedSeed, pieceOf, tokenAt, truthOf } from './light-model.ts'

/** What a client heard of one answer, as it came. */
export type Heard = {
  /** Null where nobody was ever asked. */
  asked: { job: Job; nonce: Uint8Array } | null
  deltas: Delta[]
  /** What the sdk made of them in the end; null when it failed. */
  end: {
    tokens: readonly number[]
    text: string
    finishReason: FinishReason | null
    receipt: Receipt | null
  } | null
  hasCancelled: boolean
  /** It was given up at its deadline. */
  isHung: boolean
}

/**
 * `whole`: all of it, right, and signed for. `prefix`: the client stopped it, and it was right so far.
 * `failed`: an error told that it ends here, and it was right so far. `invented`: tokens that a colluding node made
 * up and, where it came to its end, signed for; the rest of it is as it should be. The others are defects.
 */
export const verdicts = [
  'whole',
  'prefix',
  'failed',
  'invented',
  'hung',
  'lost',
  'duplicated',
  'wrong',
] as const
export type Verdict = (typeof verdicts)[number]

export type Judgement = { verdict: Verdict; tokens: number; lost: number; duplicated: number }

export function judge({ asked, deltas, end, hasCancelled, isHung }: Heard): Judgement {
  if (!asked) return { verdict: nothing(), tokens: 0, lost: 0, duplicated: 0 }
  const { job, nonce } = asked
  const id = jobId(job)
  const seed = deriveSeed({ jobId: id, nonce, modelCid: job.modelCid })
  const truth = truthOf(seed, job)
  let isInvented = false
  let next = 0
  let lost = 0
  let duplicated = 0
  let isRight = true
  let text = ''
  for (const delta of deltas) {
    if (delta.index > next) lost += delta.index - next
    if (delta.index < next) duplicated += Math.min(next - delta.index, delta.tokens.length)
    for (const [at, token] of delta.tokens.entries()) {
      const position = delta.index + at
      if (token === truth.tokens[position]) continue
      isRight &&= position < truth.tokens.length && token === tokenAt(inventedSeed(seed), position)
      isInvented = true
      truth.tokens[position] = token
    }
    next = Math.max(next, delta.index + delta.tokens.length)
    text += delta.text
  }
  const whole = truth.tokens.map(pieceOf).join('')
  isRight &&= whole.startsWith(text)
  const hasEnded = end?.finishReason === 'stop' || end?.finishReason === 'length'
  if (hasEnded) {
    lost += Math.max(0, truth.tokens.length - next)
    isRight &&= end.finishReason === truth.finishReason && text === whole
    isRight &&= isSigned(end.receipt)
  }
  if (end) isRight &&= end.text === text && end.tokens.join() === tokensOf(deltas)
  const figures = { tokens: next, lost, duplicated }
  if (duplicated > 0) return { verdict: 'duplicated', ...figures }
  if (lost > 0) return { verdict: 'lost', ...figures }
  if (!isRight) return { verdict: 'wrong', ...figures }
  if (isInvented) return { verdict: 'invented', ...figures }
  return { verdict: hasEnded ? 'whole' : nothing(), ...figures }

  /** What an answer is that has not come to its end. */
  function nothing(): Verdict {
    if (isHung) return 'hung'
    return end && hasCancelled ? 'prefix' : 'failed'
  }

  function isSigned(receipt: Receipt | null): boolean {
    const chain = new TokenChain({ jobId: id, nonce })
    chain.push(truth.tokens)
    const windows = chain.windows()
    return (
      receipt?.tokenChain.length === windows.length &&
      windows.every((hash, at) => bytesEqual(hash, receipt.tokenChain[at] ?? id))
    )
  }
}

function tokensOf(deltas: readonly Delta[]): string {
  return deltas.flatMap(({ tokens }) => tokens).join()
}

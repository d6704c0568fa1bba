/**
 * The text of one answer as it comes, told once: where a node is lost, the next one says the same again, and
 * only what is new goes out.
 * @module
 */
import { CancelledError, type Receipt, WeftError } from '@weft/protocol'
import type { AnswerRecord } from '@weft/storage'
import { foldAnswer } from '../answer.ts'
import type { GenerateEvent, GenerateRequest, WaitOptions } from '../tab.ts'

/** What an answer says beside its text: under `weft` on the last object of an answer. */
export type WeftAnswer = {
  /** The CID of the manifest that names the model. */
  modelCid: string
  /** Whole: job, tokens, who made which, bills, and what other tabs found. */
  answer: AnswerRecord
  /** Signed by the node that ended the answer; null for one of this device. */
  receipt: Receipt | null
  /** What all nodes together are owed, in wei. */
  costWei: bigint
}

export type AnswerEvent =
  /** A node, or this device, reads the prompt; or all are full and it waits. */
  | { type: 'begun' }
  | { type: 'text'; text: string }
  | { type: 'end'; finishReason: 'stop' | 'length'; weft: WeftAnswer; usage: Usage }

export type Usage = { inputTokens: number; outputTokens: number }

export type AnswerOptions = WaitOptions & {
  /** Whether text is told as it comes; else only the end is, and what was taken back on the way harms nothing. */
  tellsText: boolean
  /** Aborted as well as `signal`: what there is by then is the answer. */
  cut?: AbortSignal | undefined
  /** Hears of everything that happens on the way. */
  onEvent?: ((event: GenerateEvent) => void) | undefined
}

type Generate = (request: GenerateRequest, options?: WaitOptions) => AsyncIterable<GenerateEvent>

/**
 * @throws what `generate` throws; CancelledError when the signal is aborted; WeftError
 *   `sdk/answer-changed` where text that is out already turned out to be false
 */
export async function* streamAnswer(
  generate: Generate,
  request: GenerateRequest,
  { signal, cut, onEvent, tellsText }: AnswerOptions,
): AsyncGenerator<AnswerEvent, void, undefined> {
  let answer: AnswerRecord | undefined
  let said = ''
  let inputTokens = 0
  for await (const event of untilCut(generate(request, signal ? { signal } : {}), cut)) {
    onEvent?.(event)
    if (event.type === 'search-start') answer = event.answer
    if (!answer) throw new WeftError('sdk/no-answer', 'An answer has to begin with its search.')
    answer = foldAnswer(answer, event, 0)
    if (event.type === 'queued') yield { type: 'begun' }
    if (event.type === 'node-chosen') {
      inputTokens ||= event.inputTokens
      yield { type: 'begun' }
    }
    const { text } = answer
    if (tellsText && text.length > said.length) {
      if (!text.startsWith(said)) throw changed()
      const fresh = text.slice(said.length)
      said = text
      yield { type: 'text', text: fresh }
    }
  }
  const isCut = cut?.aborted && (answer?.tokens.length ?? 0) > 0
  const finishReason = isCut ? (madeReason(answer) ?? 'length') : madeReason(answer)
  if (!answer || !finishReason) {
    throw new CancelledError({ subject: 'The answer', cause: signal?.reason })
  }
  if (tellsText && answer.text !== said) throw changed()
  const { receipt, bills, tokens, job } = answer
  const costWei = bills.reduce((sum, bill) => sum + bill.costWei, 0n)
  const weft = { modelCid: job.modelCid, answer, receipt, costWei }
  yield { type: 'end', finishReason, weft, usage: { inputTokens, outputTokens: tokens.length } }
}

/** How it ended of itself. */
function madeReason(answer: AnswerRecord | undefined): 'stop' | 'length' | null {
  const reason = answer?.finishReason
  return reason === 'stop' || reason === 'length' ? reason : null
}

/** A node that is told to stop may fail at that: what came before is there all the same. */
async function* untilCut<Event>(
  events: AsyncIterable<Event>,
  cut: AbortSignal | undefined,
): AsyncGenerator<Event, void, undefined> {
  try {
    yield* events
  } catch (error) {
    if (!cut?.aborted) throw error
  }
}

function changed(): WeftError {
  return new WeftError(
    'sdk/answer-changed',
    'Part of this answer turned out to be false, and what is right begins otherwise. Ask again.',
  )
}

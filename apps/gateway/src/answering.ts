/**
 * One answer, from leave to ask to the last byte: whatever happens on the way, its job is stopped, its money is
 * settled once, and it is counted.
 * @module
 */
import type { Price } from '@weft/protocol'
import type { ApiStream, RequestOptions, WeftAnswer } from '@weft/sdk'
import type { Admission, Settled } from './access/asker.ts'
import { CostMeter } from './cost-meter.ts'
import {
  type ApiFailure,
  failureResponse,
  noRetry,
  Refusal,
  toFailure,
  withHeaders,
  withUsage,
} from './http/api-failure.ts'
import { comment, dataEvent, done, eventStream, whenAborted } from './http/event-stream.ts'
import type { Metrics } from './metrics.ts'
import { type AnswerFacts, type Receipts, receiptHeaders } from './receipts.ts'
import { failSpan, startSpan } from './tracing.ts'

/** An answer of any kind, or a piece of one. */
type Answer = { weft?: WeftAnswer }
type Create = (options: RequestOptions) => Promise<Answer | ApiStream<Answer>>

export type AnsweringInit = {
  request: Request
  operation: string
  model: unknown
  admission: Admission
  create: Create
}

export type AnsweringDeps = {
  receipts: Receipts
  metrics: Metrics
  maxPrice: Price
  requestMs: number
  heartbeatMs: number
  /** Aborts when the process ends. */
  stopping: AbortSignal
  /** Settles what an answer costs, and sees to it that the process does not end before. */
  settle(settling: Promise<Settled>): Promise<Settled>
}

type End = 'done' | 'failed' | 'cancelled'

/** @returns the response; of a stream, as soon as a node or a queue has the job */
export async function respond(deps: AnsweringDeps, init: AnsweringInit): Promise<Response> {
  const { request, operation, model, admission, create } = init
  const { metrics, receipts } = deps
  const startedMs = performance.now()
  const meter = new CostMeter()
  const span = startSpan(request, operation, model)
  const gone = new AbortController()
  const deadline = AbortSignal.timeout(deps.requestMs)
  const signal = AbortSignal.any([request.signal, gone.signal, deadline, deps.stopping])
  metrics.running.inc()

  let stopListening = () => {}
  const failureOf = (error: unknown) => {
    const isCharged = meter.costWei > 0n
    const { stopping } = deps
    const told = deadline.aborted
      ? timeout(deps.requestMs, meter)
      : stopping.aborted
        ? ending()
        : error
    return tellUsed(toFailure(told, { isCharged }))
  }
  const tellUsed = (failure: ApiFailure) =>
    meter.isDelivered ? withUsage(failure, meter) : failure
  /** What an answer is held back for. */
  const unpaid = ({ failure }: Refusal, headers: Settled['headers']) =>
    failureResponse(withHeaders(tellUsed(failure), [...headers, noRetry]))
  let closing: Promise<Settled> | undefined
  /** Counts once, whoever comes first. */
  const close = (end: End, isDelivered: boolean): Promise<Settled> => {
    closing ??= settle(end, isDelivered)
    return closing
  }
  const settle = (end: End, isDelivered: boolean): Promise<Settled> => {
    const { costWei, inputTokens, outputTokens, firstTokenMs } = meter
    stopListening()
    metrics.running.dec()
    metrics.answers.inc({ end })
    metrics.duration.observe((performance.now() - startedMs) / 1000)
    if (firstTokenMs !== null) metrics.firstToken.observe(firstTokenMs / 1000)
    metrics.tokens.inc({ direction: 'input' }, inputTokens)
    metrics.tokens.inc({ direction: 'output' }, outputTokens)
    metrics.costTokens.inc(Number(costWei) / 1e18)
    span.setAttribute('gen_ai.usage.input_tokens', inputTokens)
    span.setAttribute('gen_ai.usage.output_tokens', outputTokens)
    span.end()
    return deps.settle(admission.end({ costWei, isDelivered }))
  }
  const fail = (error: unknown) => {
    const failure = failureOf(error)
    failSpan(span, failure.body.error.code)
    return failure
  }
  const factsOf = (weft: WeftAnswer) => receipts.factsOf(weft, admission.owner)

  /** Not only in the loop below: a reader who stops reading keeps it where it is. */
  const stopStream = () => {
    const isOurs = deadline.aborted || deps.stopping.aborted
    if (isOurs) fail(signal.reason)
    void close(isOurs ? 'failed' : 'cancelled', isOurs ? meter.isDelivered : meter.isOwed)
  }

  async function* eventsOf(stream: ApiStream<Answer>): AsyncGenerator<string, void, undefined> {
    let end: End = 'cancelled'
    let settled: Settled | undefined
    try {
      for await (const { weft, ...chunk } of stream) {
        yield dataEvent(weft ? { ...chunk, weft: await factsOf(weft) } : chunk)
      }
      end = 'done'
      yield done
    } catch (error) {
      if (signal.aborted && !deadline.aborted && !deps.stopping.aborted) return
      end = 'failed'
      yield dataEvent(fail(error).body)
    } finally {
      settled = await close(end, end === 'cancelled' ? meter.isOwed : meter.isDelivered)
    }
    // Behind the end, where only comments may come: some readers take data for text.
    for (const [name, value] of settled.headers) yield comment(`${name} ${value}`)
  }

  let body: object
  let facts: AnswerFacts | null
  let isCut = false
  try {
    const { maxPrice } = deps
    const result = await create({ signal, cut: deadline, maxPrice, onEvent: meter.onEvent })
    if (Symbol.asyncIterator in result) {
      const onCancel = () => gone.abort()
      const events = eventsOf(result)
      stopListening = whenAborted(signal, stopStream)
      return eventStream({ events, heartbeatMs: deps.heartbeatMs, signal, onCancel })
    }
    const { weft, ...rest } = result
    facts = weft ? await factsOf(weft) : null
    isCut = weft?.answer.finishReason === 'cancelled'
    body = facts ? { ...rest, weft: facts } : rest
  } catch (error) {
    const failure = fail(error)
    const isGone = request.signal.aborted
    // As in a stream: who breaks off pays for what was made for them. Who gets nothing pays nothing.
    const isOwed = isGone && meter.isOwed
    const { headers, refusal } = await close(isGone ? 'cancelled' : 'failed', isOwed)
    return refusal ? unpaid(refusal, headers) : failureResponse(withHeaders(failure, headers))
  }
  const { headers, refusal } = await close('done', true)
  if (refusal) return unpaid(refusal, headers)
  const cut: [string, string][] = isCut ? [['weft-cut-ms', `${deps.requestMs}`]] : []
  const shown = facts ? receiptHeaders(facts) : []
  return Response.json(body, { headers: [...shown, ...cut, ...headers] })
}

function timeout(requestMs: number, { isDelivered }: Pick<CostMeter, 'isDelivered'>): Refusal {
  const made = isDelivered ? 'What was made until then is charged' : 'Nothing was made until then'
  const message = `The answer took longer than this gateway lets it, which is ${requestMs / 1000} s. ${made}: ask for less with max_tokens, or stream.`
  return new Refusal('gateway/timeout', message, {
    status: 504,
    type: 'server_error',
    headers: [noRetry],
  })
}

function ending(): Refusal {
  return new Refusal('gateway/stopping', 'This gateway is being stopped. Ask again.', {
    status: 503,
    type: 'server_error',
  })
}

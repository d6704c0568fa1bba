/**
 * An answer by other tabs: one node after the other if need be, each from the token where the last one
 * ended, all with the same seed.
 * @module
 */
import type { JobCall, Network } from '@weft/network'
import { amountInWords, type Payer } from '@weft/payments'
import {
  checkReceipt,
  costWei,
  type Delta,
  type Job,
  type Manifest,
  type Quote,
  type Receipt,
  type Voucher,
  WeftError,
} from '@weft/protocol'
import { maxPaidForNothing } from './loss-bounds.ts'
import type { NodeMemory } from './node-memory.ts'
import { type NodePayment, openPayment } from './node-payment.ts'
import { createNodeSearch, type SearchOptions, type TakenNodes } from './node-search.ts'
import { isLie } from './search-errors.ts'
import { stint } from './stint.ts'
import type { GenerateEvent, WaitOptions } from './tab.ts'
import { tokenizerHash } from './tokenizer-hash.ts'
import { whileWaiting } from './while-waiting.ts'

export type AnswerElsewhereComponents = {
  peerId: string
  network: Pick<Network, 'findOffers' | 'callNode' | 'reach' | 'region' | 'rttMs'>
  memory: NodeMemory
  /** Without one, it asks only nodes that answer for nothing. */
  payer?: () => Payer | null
  /** @throws WeftError `sdk/unknown-model` */
  manifestOf(modelCid: string): Manifest
  /** Where the same job is answered several times at once. */
  taken?: TakenNodes
}

export type Sealed = { job: Job; nonce: Uint8Array }

export type RoadEvent =
  | Extract<GenerateEvent, { type: 'queued' | 'node-chosen' | 'cost' | 'node-lost' | 'delta' }>
  | { type: 'finish'; receipt: Receipt | null; finishReason: Receipt['finishReason'] }

/** Tokens of an answer after which it is worth having the next node at hand. */
const warmAfterTokens = 16
/** A person who waits for the rest of a sentence is told within this what has become of it. */
const handoverMs = 6_000
/** Nodes lost one after the other without a single token: it is not the nodes then. */
const maxLossesInARow = 8
/** What two nodes say of a job, a third one will say, too. */
const reasonsOfTheJob = [
  'engine/bad-grammar',
  'engine/bad-grammar-token',
  'engine/bad-sampling',
  'engine/chat-template',
]

export async function* answerElsewhere(
  components: AnswerElsewhereComponents,
  { job, nonce }: Sealed,
  options: WaitOptions,
): AsyncGenerator<RoadEvent, void, undefined> {
  const { manifestOf, memory, network } = components
  const payer = components.payer?.() ?? null
  const { contextTokens } = manifestOf(job.modelCid)
  const search = createNodeSearch({ ...components, payer, job, contextTokens })
  const answered: number[] = []
  let text = ''
  let rest: string | undefined
  /** Of the nodes lost since the last token that counts. */
  const reasons: string[] = []
  /** Who made the last tokens that count, and what there was before them. */
  let giver: { peerId: string; tokens: number; text: string; rest: string | undefined } | null =
    null
  /** What nodes got that gave less than their prompt cost, in wei. */
  const paidForNothing: bigint[] = []
  let next = yield* opening((within) => search.open([], within), options)
  for (;;) {
    const call = next
    const { nodePeerId, quote } = call
    const before = [...answered]
    const [textBefore, restBefore] = [text, rest]
    let lie: WeftError | undefined
    const deltas: Delta[] = []
    const startedMs = performance.now()
    const openNext = () => search.openAnother([...answered], options)
    let bill: NodePayment | null = null
    let voucher: Voucher | null = null
    let isAccepted = false
    try {
      bill = await openPayment({ payer, call, job })
      const { inputTokens, droppedMessages } = quote
      yield { type: 'node-chosen', nodePeerId, quote, nonce, inputTokens, droppedMessages }
      voucher = (await bill?.ahead()) ?? null
      isAccepted = true
    } finally {
      if (!isAccepted) {
        call.decline()
        void bill?.settle()
      }
    }
    const cost = () => ({ type: 'cost' as const, nodePeerId, costWei: bill?.costWei ?? 0n })
    const rttMs = () => network.rttMs(nodePeerId)
    const parts = stint({ call, nonce, openNext, rttMs, bill, voucher }, options)
    let ended = await parts.next()
    try {
      if (voucher) yield cost()
      for (; !ended.done; ended = await parts.next()) {
        const part = ended.value
        if (memory.isFalse(nodePeerId)) {
          lie = foundFalse(nodePeerId)
          await bill?.disown()
          break
        }
        if (part.type === 'receipt') {
          const { receipt } = part
          const cancelled = options.signal?.aborted ?? false
          const manifest = manifestOf(job.modelCid)
          const { contextTokens } = manifest
          const known = { contextTokens, tokenizerHash: tokenizerHash(manifest) }
          const channelId = (bill && payer?.funds.channelId) ?? null
          const seen = { job, nonce, quote, answered: before, deltas, cancelled, channelId }
          try {
            checkReceipt(receipt, { ...seen, ...known, arrivedAtMs: Date.now() })
          } catch (error) {
            lie = WeftError.from(error, 'protocol/receipt', 'The receipt cannot be checked.')
            await bill?.disown()
            break
          }
          memory.answered(nodePeerId, {
            modelCid: job.modelCid,
            tokens: receipt.outputTokens,
            ms: performance.now() - startedMs,
            rttMs: network.rttMs(nodePeerId),
          })
          await bill?.confirm()
          if (bill) yield cost()
          yield { type: 'finish', receipt, finishReason: receipt.finishReason }
          return
        }
        const { delta } = part
        deltas.push(delta)
        answered.push(...delta.tokens)
        bill?.received(answered.length - before.length)
        // The rest of the text follows the last token; the next node says it again.
        if (delta.tokens.length > 0 || rest === undefined) {
          yield { type: 'delta', nodePeerId, ...delta }
          text += delta.text
        }
        if (delta.tokens.length === 0) rest = delta.text
        if (deltas.length === warmAfterTokens) void search.warm(options)
      }
    } finally {
      if (!ended.done) await parts.return(null)
    }
    const end = lie ? { error: lie, next: null } : ended.done && ended.value
    if (!end) throw new WeftError('network/node-lost', 'The node ended without a receipt.')
    const { error, next: ready } = end
    if (lie || isLie(error)) {
      memory.lied(nodePeerId)
      search.ban(nodePeerId)
    } else {
      memory.failed(nodePeerId)
    }
    if (lie) {
      // What it said is taken back with its receipt.
      answered.length = before.length
      text = textBefore
      rest = restBefore
    }
    if (answered.length > before.length) {
      reasons.length = 0
      giver = { peerId: nodePeerId, tokens: before.length, text: textBefore, rest: restBefore }
    }
    if (bill && isMostlyPrompt(bill.costWei, quote, answered.length - before.length)) {
      paidForNothing.push(bill.costWei)
    }
    reasons.push(reasonOf(error))
    if (giver && reasonOf(error) === 'engine/bad-resume') {
      // Nobody can go on behind what was sent before, so that is taken back. One of the two lies, or is broken.
      memory.failed(giver.peerId)
      search.ban(giver.peerId)
      answered.length = giver.tokens
      ;({ text, rest } = giver)
      giver = null
    }
    let goesOn = false
    try {
      if (isHopeless(reasons)) throw error
      if (paidForNothing.length >= maxPaidForNothing) throw wasPaidForNothing(paidForNothing, error)
      const told = error.toJSON()
      if (lie && bill) yield cost()
      yield { type: 'node-lost', nodePeerId, tokens: answered.length, text, error: told }
      goesOn = true
    } finally {
      if (!goesOn) ready?.decline()
    }
    next = ready ?? (yield* openOr(error, (within) => search.open([...answered], within), options))
  }
}

/** @param reasons of nodes lost one after the other without a token */
function isHopeless(reasons: readonly string[]): boolean {
  const [last, before] = reasons.toReversed()
  const isOfTheJob = last !== undefined && last === before && reasonsOfTheJob.includes(last)
  return reasons.length >= maxLossesInARow || isOfTheJob
}

/**
 * A node could otherwise take what the longest prompt costs for a single token, and so could the next.
 * @param paidWei - for what came from the node
 * @param outputTokens - of it, those that count
 */
function isMostlyPrompt(paidWei: bigint, { price }: Quote, outputTokens: number): boolean {
  return paidWei > 2n * costWei(price, { inputTokens: 0, outputTokens })
}

/** It answered somebody of this browser falsely; that was found out while it answered again. */
function foundFalse(nodePeerId: string): WeftError {
  return new WeftError(
    'sdk/found-false',
    'Other tabs have found meanwhile that this node answers falsely, so what it said here is taken back.',
    { facts: [`Node: ${nodePeerId}`] },
  )
}

/** What a node that failed said of itself, else how it was lost. */
function reasonOf({ code, cause }: WeftError): string {
  return code === 'network/node-failed' && WeftError.is(cause) ? cause.code : code
}

function wasPaidForNothing(amounts: readonly bigint[], cause: WeftError): WeftError {
  const wei = amounts.reduce((sum, amount) => sum + amount, 0n)
  return new WeftError(
    'sdk/paid-for-nothing',
    `${amounts.length} tabs were paid ${amountInWords(wei)} and gave less than reading the question cost, so nobody else is asked. Ask again: others are asked first.`,
    { facts: [`Paid: ${wei} wei`, `The last one: ${cause.message}`], cause },
  )
}

type Opening = AsyncGenerator<Extract<RoadEvent, { type: 'queued' }>, JobCall, undefined>

/** Tells where the job waits. Whoever stops listening has left the queue. */
async function* opening(
  open: (options: SearchOptions) => Promise<JobCall>,
  { signal }: WaitOptions,
): Opening {
  const left = new AbortController()
  const signals = signal ? [signal, left.signal] : [left.signal]
  let isTaken = false
  let opened: Promise<JobCall> | undefined
  try {
    const call = yield* whileWaiting((tell) => {
      const onWait: SearchOptions['onWait'] = (wait) => tell({ type: 'queued', ...wait })
      opened = open({ signal: AbortSignal.any(signals), onWait })
      return opened
    })
    isTaken = true
    return call
  } finally {
    left.abort()
    if (!isTaken) opened?.then((call) => call.decline()).catch(() => {})
  }
}

/** Where nobody else is left, the reason is what happened to the last one. */
async function* openOr(
  error: WeftError,
  open: (options: SearchOptions) => Promise<JobCall>,
  { signal }: WaitOptions,
): Opening {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), handoverMs)
  const within = signal ? AbortSignal.any([signal, late.signal]) : late.signal
  const openInTime = ({ onWait, ...options }: SearchOptions) =>
    open({
      ...options,
      onWait(wait) {
        // Somebody is there, and says when.
        clearTimeout(timer)
        onWait(wait)
      },
    })
  try {
    return yield* opening(openInTime, { signal: within })
  } catch (cause) {
    if (signal?.aborted) throw cause
    const { message } = late.signal.aborted
      ? { message: 'No other tab could be reached in time.' }
      : WeftError.from(cause, 'sdk/no-nodes', 'No other tab can be asked.')
    throw new WeftError(error.code, error.message, {
      facts: [...error.facts, `Nobody else went on. ${message}`],
      cause: error.cause ?? error,
    })
  } finally {
    clearTimeout(timer)
  }
}

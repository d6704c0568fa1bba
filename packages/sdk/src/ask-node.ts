/**
 * One node asked for one job: until its quote, its refusal, or a place in its queue.
 * @module
 */
import type { JobCall, Network } from '@weft/network'
import type { Payer } from '@weft/payments'
import {
  checkQuote,
  isFree,
  type Job,
  type JobPayment,
  type QueuePlace,
  type Quote,
  type Registration,
  WeftError,
} from '@weft/protocol'
import { paidElsewhere } from './node-payment.ts'

export type AskInit = {
  network: Pick<Network, 'callNode'>
  node: Registration
  job: Job
  /** Of its model. */
  contextTokens: number
  /** Null while this tab spends nothing. */
  payer: Payer | null
  /** Tokens that exist already. */
  answered: readonly number[]
  signal: AbortSignal | undefined
  /** Its place has changed. */
  onPlace: () => void
}

export type AskEnd = { type: 'opened'; call: JobCall } | { type: 'failed'; error: unknown }
export type AskState = AskEnd | { type: 'queued'; place: QueuePlace }

export type AskedNode = {
  readonly peerId: string
  /** Null until it has to wait; what is left of the wait, as told last. */
  readonly place: () => QueuePlace | null
  /** The first that happens. */
  readonly first: Promise<AskState>
  /** The last that happens. Never rejects. */
  readonly end: Promise<AskEnd>
  /** Null before the end. */
  readonly ended: () => AskEnd | null
  /** Gives up the place; a quote that is on its way is declined. Nothing was paid before. */
  leave(): void
}

export function askNode({
  network,
  node,
  job,
  contextTokens,
  payer,
  answered,
  signal,
  onPlace,
}: AskInit): AskedNode {
  const { peerId } = node
  const left = new AbortController()
  const signals = signal ? [signal, left.signal] : [left.signal]
  const queued = Promise.withResolvers<AskState>()
  let told: { place: QueuePlace; atMs: number } | null = null
  const open = async (): Promise<JobCall> => {
    const payment = payer && (await offerTo(node, job, payer))
    const connect = () =>
      network.callNode(node, job, {
        payment,
        signal: AbortSignal.any(signals),
        answered,
        onQueued(place) {
          told = { place, atMs: performance.now() }
          queued.resolve({ type: 'queued', place })
          onPlace()
        },
      })
    // The line was to the node as it was before a restart; there may be another one.
    const call = await connect().catch((error: unknown) => {
      if (!isSilent(error)) throw error
      return connect()
    })
    try {
      const firstToken = answered.length
      const context = { job, firstToken, nodePeerId: peerId, contextTokens }
      checkQuote(call.quote, { ...context, nowMs: Date.now() })
      checkTerms(call.quote, payment)
      return call
    } catch (error) {
      call.decline()
      throw error
    }
  }
  let ended: AskEnd | null = null
  const end = open()
    .then(
      (call): AskEnd => ({ type: 'opened', call }),
      (error): AskEnd => ({ type: 'failed', error }),
    )
    .then((state) => {
      ended = state
      return state
    })
  return {
    peerId,
    place() {
      if (!told) return null
      const { position, aboutMs } = told.place
      return { position, aboutMs: Math.max(0, aboutMs - (performance.now() - told.atMs)) }
    },
    first: Promise.race([queued.promise, end]),
    end,
    ended: () => ended,
    leave() {
      left.abort()
      void end.then((state) => {
        if (state.type === 'opened') state.call.decline()
      })
    },
  }
}

/** What had seemed a connection was cut because nobody answered on it. */
function isSilent(error: unknown): boolean {
  return WeftError.is(error) && error.code === 'network/silent'
}

/** Only who wants money is told whose this tab has. */
async function offerTo(
  { peerId: payeePeerId, models }: Registration,
  { modelCid }: Job,
  payer: Payer,
): Promise<JobPayment | null> {
  const offer = models.find((model) => model.modelCid === modelCid)
  if (!offer || isFree(offer.price)) return null
  return { funds: payer.funds, voucher: await payer.lane({ payeePeerId, modelCid }).open() }
}

/** @throws WeftError `sdk/paid-elsewhere` */
function checkTerms({ payment: terms }: Quote, payment: JobPayment | null): void {
  if (!terms) return
  const { chainId, contract } = payment?.funds ?? {}
  if (terms.chainId !== chainId || terms.contract !== contract) throw paidElsewhere()
}

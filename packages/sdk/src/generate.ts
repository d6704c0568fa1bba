/**
 * The client's half of the road: Request -> Job -> Quote -> Delta* -> Receipt.
 * @module
 */
import type { Engine } from '@weft/engine'
import type { JobCall, Network } from '@weft/network'
import {
  type CancelledError,
  checkQuote,
  checkReceipt,
  createJob,
  type Delta,
  defaultSampling,
  deriveSeed,
  freePrice,
  type Job,
  jobId,
  type Manifest,
  type Receipt,
  type Registration,
  WeftError,
} from '@weft/protocol'
import { emptyAnswer, foldAnswer } from './answer.ts'
import type { GenerateEvent, GenerateRequest, WaitOptions } from './tab.ts'
import { tokenizerHash } from './tokenizer-hash.ts'

export type GenerateComponents = {
  peerId: string
  network: Pick<Network, 'findOffers' | 'callNode'>
  /** @throws WeftError `sdk/unknown-model` */
  manifestOf(modelCid: string): Manifest
  /** The tab's engine with the model loaded; loads it when needed. */
  localEngine(modelCid: string, options: WaitOptions): Promise<Pick<Engine, 'generate'>>
}

const defaultMaxTokens = 256
/** Nodes asked before the search is given up; each has its own dial and quote deadline. */
const maxNodesAsked = 3
/** Reasons that another node would give too. */
const finalRefusals = ['engine/prompt-too-long', 'protocol/empty-prompt', 'protocol/too-large']

export async function* generate(
  components: GenerateComponents,
  request: GenerateRequest,
  { signal }: WaitOptions = {},
): AsyncGenerator<GenerateEvent, void, undefined> {
  const { job, nonce } = createJob({
    modelCid: request.modelCid,
    messages: request.messages,
    sampling: request.sampling ?? defaultSampling,
    overflow: request.overflow ?? 'error',
    maxTokens: request.maxTokens ?? defaultMaxTokens,
    clientPeerId: components.peerId,
    maxPrice: freePrice,
    createdAtMs: Date.now(),
  })
  const startedMs = performance.now()
  let answer = emptyAnswer(job, request.where)
  yield { type: 'search-start', answer }

  const road = request.where === 'local' ? answerHere : answerElsewhere
  try {
    for await (const event of road(components, { job, nonce }, { ...(signal ? { signal } : {}) })) {
      if (event.type === 'finish') {
        answer = { ...answer, receipt: event.receipt, finishReason: event.finishReason }
        yield { type: 'end', receipt: event.receipt, answer }
      } else {
        answer = foldAnswer(answer, event, performance.now() - startedMs)
        yield event
      }
    }
  } catch (error) {
    if (!signal?.aborted || !isCancelled(error)) throw error
    answer = { ...answer, finishReason: 'cancelled' }
    yield { type: 'end', receipt: null, answer }
  }
}

type Sealed = { job: Job; nonce: Uint8Array }
type RoadEvent =
  | Extract<GenerateEvent, { type: 'node-chosen' | 'delta' }>
  | { type: 'finish'; receipt: Receipt | null; finishReason: Receipt['finishReason'] }

async function* answerElsewhere(
  { network, manifestOf, peerId }: GenerateComponents,
  { job, nonce }: Sealed,
  options: WaitOptions,
): AsyncGenerator<RoadEvent, void, undefined> {
  const offers = await network.findOffers(job.modelCid, options)
  const nodes = offers
    .filter(({ registration }) => registration.peerId !== peerId)
    .sort((a, b) => load(a) - load(b))
    .map(({ registration }) => registration)
  const call = await callFirst(network, nodes, job, options)
  const { nodePeerId, quote } = call
  let accepted = false
  try {
    yield { type: 'node-chosen', nodePeerId, quote, nonce }
    accepted = true
    const deltas: Delta[] = []
    for await (const part of call.accept(nonce, options)) {
      if (part.type === 'delta') {
        deltas.push(part.delta)
        yield { type: 'delta', nodePeerId, ...part.delta }
      } else {
        const { receipt } = part
        const cancelled = options.signal?.aborted ?? false
        const hash = tokenizerHash(manifestOf(job.modelCid))
        checkReceipt(receipt, { job, nonce, quote, deltas, cancelled, tokenizerHash: hash })
        yield { type: 'finish', receipt, finishReason: receipt.finishReason }
      }
    }
  } finally {
    if (!accepted) call.decline()
  }
}

async function* answerHere(
  { localEngine, peerId }: GenerateComponents,
  { job, nonce }: Sealed,
  options: WaitOptions,
): AsyncGenerator<RoadEvent, void, undefined> {
  const engine = await localEngine(job.modelCid, options)
  yield { type: 'node-chosen', nodePeerId: peerId, quote: null, nonce }
  const { messages, sampling, overflow, maxTokens, modelCid } = job
  const seed = deriveSeed({ jobId: jobId(job), nonce, modelCid })
  const init = { messages, sampling, overflow, maxTokens, seed, answered: [] }
  for await (const part of engine.generate(init, options)) {
    if (part.type === 'delta') yield { ...part, nodePeerId: peerId }
    if (part.type === 'end') {
      yield { type: 'finish', receipt: null, finishReason: part.finishReason }
    }
  }
}

/**
 * Asks nodes in order until one quotes.
 * @throws the last failure, a reason that all of them gave, or WeftError `sdk/no-nodes`
 */
async function callFirst(
  network: Pick<Network, 'callNode'>,
  nodes: readonly Registration[],
  job: Job,
  options: WaitOptions,
): Promise<JobCall> {
  const failures: unknown[] = []
  for (const node of nodes.slice(0, maxNodesAsked)) {
    try {
      const call = await network.callNode(node, job, options)
      try {
        checkQuote(call.quote, { job, nodePeerId: node.peerId, nowMs: Date.now() })
      } catch (error) {
        call.decline()
        throw error
      }
      return call
    } catch (error) {
      if (options.signal?.aborted) throw error
      failures.push(error)
    }
  }
  // One node's word is not enough to call the prompt itself impossible, unless it is the only one.
  const reasons = failures.map(finalReason)
  if (reasons.every(Boolean) && reasons[0]) throw reasons[0]
  throw failures.at(-1) ?? noNodes()
}

function noNodes(): WeftError {
  return new WeftError('sdk/no-nodes', 'No other tab serves this model right now.', {
    facts: [
      'Nothing was sent and nothing was charged.',
      'Answer on this device, or open the Contribute page in another browser and switch Serve on.',
    ],
  })
}

function load({ registration, activeJobs }: { registration: Registration; activeJobs: number }) {
  return activeJobs / registration.maxJobs
}

/** @returns the node's own reason, when an honest node would give it to everybody */
function finalReason(error: unknown): WeftError | undefined {
  if (!WeftError.is(error) || error.code !== 'network/refused') return undefined
  const { cause } = error
  return WeftError.is(cause) && finalRefusals.includes(cause.code) ? cause : undefined
}

function isCancelled(error: unknown): error is CancelledError {
  return WeftError.is(error) && error.code === 'protocol/cancelled'
}

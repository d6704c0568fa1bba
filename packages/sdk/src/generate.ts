/**
 * The client's half of the road: Request -> Job -> Quote -> Delta* -> Receipt.
 * @module
 */
import type { Engine } from '@weft/engine'
import {
  type CancelledError,
  createJob,
  defaultSampling,
  deriveSeed,
  freePrice,
  jobId,
  WeftError,
} from '@weft/protocol'
import type { Grade } from '@weft/storage'
import { emptyAnswer, foldAnswer } from './answer.ts'
import {
  type AnswerElsewhereComponents,
  answerElsewhere,
  type RoadEvent,
  type Sealed,
} from './answer-elsewhere.ts'
import type { AnswerChecks } from './checking/answer-checks.ts'
import { hasFingerprints } from './has-fingerprints.ts'
import { answerByQuorum } from './quorum/answer-by-quorum.ts'
import type { GenerateEvent, GenerateRequest, WaitOptions } from './tab.ts'

export type GenerateComponents = AnswerElsewhereComponents & {
  /** The tab's engine with the model loaded; loads it when needed. */
  localEngine(
    modelCid: string,
    options: WaitOptions,
  ): Promise<Pick<Engine, 'generate' | 'measurePrompt'>>
  /** Without it, no other tab checks anything. */
  checks?: Pick<AnswerChecks, 'begin' | 'add'>
}

const defaultMaxTokens = 256
const quorumSizes = [2, 3, 4, 5]

export async function* generate(
  components: GenerateComponents,
  request: GenerateRequest,
  { signal }: WaitOptions = {},
): AsyncGenerator<GenerateEvent, void, undefined> {
  const { where, place = null } = request
  const grade = where === 'local' ? null : gradeOf(request)
  const { job, nonce } = createJob({
    modelCid: request.modelCid,
    messages: request.messages,
    tools: request.tools ?? [],
    sampling: request.sampling ?? defaultSampling,
    overflow: request.overflow ?? 'error',
    maxTokens: request.maxTokens ?? defaultMaxTokens,
    fingerprints: isChecked(grade) && hasFingerprints(components.manifestOf(request.modelCid)),
    clientPeerId: components.peerId,
    maxPrice: (components.payer?.() && request.maxPrice) ?? freePrice,
    createdAtMs: Date.now(),
  })
  const startedMs = performance.now()
  let answer = emptyAnswer(job, { where, grade })
  yield { type: 'search-start', answer }

  const sealed = { job, nonce }
  const options = signal ? { signal } : {}
  const road =
    grade === null
      ? answerHere(components, sealed, options)
      : typeof grade === 'object'
        ? answerByQuorum(components, { ...sealed, size: grade.quorum, empty: answer }, options)
        : answerElsewhere(components, sealed, options)
  try {
    for await (const event of road) {
      if (event.type === 'finish') {
        const { receipt, finishReason } = event
        answer = { ...answer, receipt, finishReason }
        answer = components.checks?.begin(answer) ?? answer
        try {
          yield { type: 'end', receipt, answer }
        } finally {
          components.checks?.add(answer, place)
        }
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

async function* answerHere(
  { localEngine, peerId }: GenerateComponents,
  { job, nonce }: Sealed,
  options: WaitOptions,
): AsyncGenerator<RoadEvent, void, undefined> {
  const engine = await localEngine(job.modelCid, options)
  const measure = await engine.measurePrompt(job)
  yield { type: 'node-chosen', nodePeerId: peerId, quote: null, nonce, ...measure }
  const { messages, tools, sampling, overflow, maxTokens, modelCid } = job
  const seed = deriveSeed({ jobId: jobId(job), nonce, modelCid })
  const init = { messages, tools, sampling, overflow, maxTokens, seed, answered: [] }
  for await (const part of engine.generate(init, options)) {
    if (part.type === 'delta') yield { ...part, nodePeerId: peerId }
    if (part.type === 'end') {
      yield { type: 'finish', receipt: null, finishReason: part.finishReason }
    }
  }
}

/** @throws WeftError `sdk/bad-grade` */
function gradeOf({ grade = 'sampled' }: GenerateRequest): Grade {
  if (typeof grade === 'object' && !quorumSizes.includes(grade.quorum)) {
    throw new WeftError('sdk/bad-grade', 'Two to five tabs can answer at once.')
  }
  return grade
}

/** By others, one after the other: of a quorum each is compared with all. */
function isChecked(grade: Grade | null): boolean {
  return grade === 'sampled' || grade === 'always'
}

function isCancelled(error: unknown): error is CancelledError {
  return WeftError.is(error) && error.code === 'protocol/cancelled'
}

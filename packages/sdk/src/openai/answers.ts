/**
 * Between OpenAI's words and the road: which model a name means, and what is asked of whom.
 * @module
 */
import type { Message, Price, Sampling, Tool } from '@weft/protocol'
import type { Grade } from '@weft/storage'
import type { Client, GenerateEvent, ModelEntry, WaitOptions } from '../tab.ts'
import { type AnswerEvent, streamAnswer } from './answer-stream.ts'
import { findModelAnywhere } from './find-model.ts'

export type ApiComponents = {
  /** What is known of models now. */
  models(): readonly ModelEntry[]
  /** Asks the network what it knows of models. Never throws. */
  refresh?(options?: WaitOptions): Promise<void>
  generate: Client['generate']
  /** Of requests that say nothing else. */
  defaults: AnswerChoice
}

/** Who answers, and for what. */
export type AnswerChoice = {
  /** `network` by default. */
  where?: 'network' | 'local' | undefined
  /** The most that a node may ask; nothing by default. */
  maxPrice?: Price | undefined
  /** How far other tabs check the answer; `sampled` by default. */
  grade?: Grade | undefined
}

/** The second argument of every call. */
export type RequestOptions = AnswerChoice & {
  signal?: AbortSignal | undefined
  /**
   * Ends the answer where it is. What was made of one that is not streamed comes all the same, and says that it has
   * reached its length; where nothing was, it is as `signal`.
   */
  cut?: AbortSignal | undefined
  /** Everything that happens on the way: queues, nodes, costs. */
  onEvent?: ((event: GenerateEvent) => void) | undefined
}

/** Where a request does not say how long an answer may get; fewer where the model has less room. */
const defaultMaxTokens = 1024

export type Asked = {
  model: string
  messages: Message[]
  tools: Tool[]
  sampling: Sampling
  maxTokens: number | null
  isStream: boolean
}

/** An answer that has begun: whoever refuses has refused by now. */
export type BegunAnswer = {
  entry: ModelEntry
  /** As `answerId`. */
  id: string
  events: AsyncGenerator<AnswerEvent, void, undefined>
  controller: AbortController
}

/** @throws WeftError `sdk/unknown-model`, `sdk/wrong-task`; as `streamAnswer` until it has begun */
export async function beginAnswer(
  components: ApiComponents,
  { model, messages, tools, sampling, maxTokens, isStream }: Asked,
  { signal: ends, cut, onEvent, ...choice }: RequestOptions,
): Promise<BegunAnswer> {
  const { generate, defaults } = components
  const signals = [ends, cut].filter((each) => each !== undefined)
  const signal = AbortSignal.any(signals)
  const entry = await findModelAnywhere(components, { name: model, task: 'chat' }, { signal })
  const { answerId } = await import('./answer-id.ts')
  const { where = 'network', maxPrice, grade } = { ...defaults, ...withoutUndefined(choice) }
  const request = {
    modelCid: entry.modelCid,
    messages,
    tools,
    sampling,
    maxTokens: maxTokens ?? Math.min(defaultMaxTokens, entry.manifest.contextTokens),
    where,
    ...(maxPrice ? { maxPrice } : {}),
    ...(grade ? { grade } : {}),
  }
  const controller = new AbortController()
  let id = ''
  const events = streamAnswer(generate, request, {
    signal: AbortSignal.any([controller.signal, signal]),
    cut: isStream ? undefined : cut,
    tellsText: isStream,
    onEvent(event) {
      if (event.type === 'search-start') id = answerId(event.answer.job)
      onEvent?.(event)
    },
  })
  const first = await events.next()
  return { entry, id, events: from(first, events), controller }
}

async function* from<Item>(
  first: IteratorResult<Item, void>,
  rest: AsyncGenerator<Item, void, undefined>,
): AsyncGenerator<Item, void, undefined> {
  try {
    if (first.done) return
    yield first.value
    yield* rest
  } finally {
    await rest.return()
  }
}

const withoutUndefined = (choice: AnswerChoice): AnswerChoice =>
  Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined))

/**
 * What arrives at the computing side. Nothing but this turns `unknown` into a request.
 * @module
 */
import {
  bytesSchema,
  contextOverflowSchema,
  type Message,
  manifestSchema,
  messageSchema,
  parse,
  samplingSchema,
  toolsSchema,
} from '@weft/protocol'
import type { Claim, EmbedInit, GenerateInit, Pooling, PromptInit, ScoreInit } from '../engine.ts'
import {
  backendChoice,
  boolean,
  errorData,
  type Fields,
  fields,
  fileList,
  integer,
  list,
  malformed,
  oneOf,
  text,
} from './fields.ts'
import type { LoadMessage, Request, ScoreMessage, SplitMessage } from './messages.ts'

const poolings: readonly Pooling[] = ['mean', 'cls', 'last']

/** @throws MalformedError */
export function parseRequest(data: unknown): Request {
  const message = fields(data)
  const id = integer(message.id)
  switch (message.type) {
    case 'load':
      return { type: 'load', id, in: loadMessage(fields(message.in)) }
    case 'measure-prompt':
      return { type: message.type, id, in: promptInit(fields(message.in)) }
    case 'generate':
      return { type: 'generate', id, in: generateInit(fields(message.in)) }
    case 'score':
      return { type: 'score', id, in: scoreMessage(fields(message.in)) }
    case 'embed':
      return { type: 'embed', id, in: embedInit(fields(message.in)) }
    case 'files':
      return { type: 'files', id, in: fileList(message.in) }
    case 'no-files':
      return { type: 'no-files', id, in: errorData(message.in) }
    case 'measure':
    case 'memory':
      return { type: message.type, id, in: {} }
    case 'credit':
    case 'stop':
      return { type: message.type, id }
    default:
      throw malformed('unknown type')
  }
}

function loadMessage({ manifest, backend, threads, split }: Fields): LoadMessage {
  return {
    manifest: parse('manifest', manifestSchema, manifest),
    backend: backendChoice(backend),
    threads: threads === null ? null : Math.max(1, integer(threads)),
    split: split === null ? null : splitMessage(fields(split)),
  }
}

function splitMessage({ opening, closing, parts, width, port }: Fields): SplitMessage {
  if (!(port instanceof MessagePort)) throw malformed('expected a port')
  return {
    opening: text(opening),
    closing: text(closing),
    parts: integer(parts),
    width: integer(width),
    port,
  }
}

function promptInit(init: Fields): PromptInit {
  return {
    messages: messages(init.messages),
    tools: parse('tools', toolsSchema, init.tools),
    overflow: parse('overflow', contextOverflowSchema, init.overflow),
    maxTokens: Math.max(1, integer(init.maxTokens)),
  }
}

function generateInit(init: Fields): GenerateInit {
  return {
    ...promptInit(init),
    ...chosenBy(init),
    answered: list(init.answered).map(integer),
    ...(init.hiddenStates === undefined ? {} : { hiddenStates: boolean(init.hiddenStates) }),
  }
}

function scoreMessage({ inits, topK, hiddenStates }: Fields): ScoreMessage {
  return {
    inits: list(inits).map((init) => scoreInit(fields(init))),
    topK: integer(topK),
    hiddenStates: boolean(hiddenStates),
  }
}

function scoreInit(init: Fields): ScoreInit {
  return {
    ...promptInit(init),
    answer: list(init.answer).map(integer),
    claim: init.claim === null ? null : claim(fields(init.claim)),
  }
}

function claim(claimed: Fields): Claim {
  return { ...chosenBy(claimed), ended: boolean(claimed.ended) }
}

function chosenBy({ sampling, seed }: Fields): Pick<GenerateInit, 'sampling' | 'seed'> {
  return {
    sampling: parse('sampling', samplingSchema, sampling),
    seed: parse('seed', bytesSchema(32), seed),
  }
}

function embedInit({ texts, pooling, normalize }: Fields): EmbedInit {
  return {
    texts: list(texts).map(text),
    pooling: pooling === null ? null : oneOf(poolings, pooling),
    normalize: boolean(normalize),
  }
}

function messages(value: unknown): Message[] {
  return list(value).map((message) => parse('message', messageSchema, message))
}

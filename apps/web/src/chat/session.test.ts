import { jobId, WeftError } from '@weft/protocol'
import type { AnswerRecord, Conversation, GenerateEvent, GenerateRequest, Tab } from '@weft/sdk'
import { fitsDevice } from '@weft/sdk'
import { expect, test, vi } from 'vitest'
import { sampleNeeds as needs } from '../models/sample-needs.ts'
import type { OpenedTab } from '../site/open-site.ts'
import { initialSettings } from './answer-settings.ts'
import { mostInputTokens } from './most-input-tokens.ts'
import { parseSettings } from './parse-settings.ts'
import { createSession, type Session } from './session.ts'

const network = {
  where: 'network',
  modelCid: null,
  maxPrice: null,
  settings: initialSettings,
} as const
const empty = { text: '', tokens: [], where: 'network', error: null } as unknown as AnswerRecord

type Script = (request: GenerateRequest, signal?: AbortSignal) => AsyncIterable<GenerateEvent>

const say = (text: string): GenerateEvent => ({
  type: 'delta',
  nodePeerId: 'n',
  index: 0,
  tokens: [1],
  text,
})

async function* whole(): AsyncGenerator<GenerateEvent> {
  yield { type: 'search-start', answer: empty }
  const chosen = {
    nodePeerId: 'n',
    quote: null,
    nonce: new Uint8Array(32),
    inputTokens: 3,
    droppedMessages: 0,
  }
  yield { type: 'node-chosen', ...chosen }
  yield say('Yes.')
  const answer: AnswerRecord = { ...empty, text: 'Yes.', finishReason: 'stop' }
  yield { type: 'end', receipt: null, answer }
}

const model = {
  modelCid: 'm',
  manifest: { task: 'chat', contextTokens: 512 },
  needs,
  isChosen: true,
}

/** A session over a tab whose client follows `script`, and whose history is a map. */
function open(script: Script, restored: Promise<void> = Promise.resolve()) {
  const stored = new Map<string, Conversation>()
  const requests: GenerateRequest[] = []
  const prepared: [modelCid: string, backend: string][] = []
  const tab = {
    models: {
      list: { get: () => [model] },
      cached: { get: () => [] },
      engine: { get: () => ({ phase: 'empty' }) },
      refreshLiveNodes: async () => {},
      prepare: async (modelCid: string, backend: string) => void prepared.push([modelCid, backend]),
    },
    client: {
      generate(request: GenerateRequest, { signal }: { signal?: AbortSignal } = {}) {
        requests.push(request)
        return script(request, signal)
      },
      onCheck: () => () => {},
      async recheck({ job }: AnswerRecord) {
        jobId(job)
        throw new WeftError('engine/crashed', 'The check got as far as the engine.')
      },
    },
    history: {
      list: async () =>
        [...stored.values()].map(({ turns, ...rest }) => ({ ...rest, turnCount: turns.length })),
      get: async (id: string) => stored.get(id),
      put: async (conversation: Conversation) => void stored.set(conversation.id, conversation),
      remove: async (id: string) => void stored.delete(id),
    },
  } as unknown as Tab
  const foldAnswer: OpenedTab['foldAnswer'] = (answer, event) =>
    event.type === 'end'
      ? event.answer
      : event.type === 'delta'
        ? { ...answer, text: answer.text + event.text }
        : answer
  const readDevice = async () => ({ gpu: null, memoryBytes: null, freeStorageBytes: null })
  const opened = { tab, foldAnswer, fitsDevice, readDevice, parseSettings, mostInputTokens }
  const session = createSession({ opened: Promise.resolve(opened), restored })
  return { session, stored, requests, prepared }
}

const shown = ({ state }: Session) => state.get().chats[state.get().currentId ?? '']
const ended = (session: Session) => vi.waitFor(() => expect(shown(session)?.run).toBeNull())

test('an answer streams in, ends, and is kept', async () => {
  const { session, stored } = open(whole)
  session.send('Is it?', network)
  expect(shown(session)?.run?.step).toBe('opening')
  await ended(session)
  expect(shown(session)?.turns[0]?.answer?.text).toBe('Yes.')
  await vi.waitFor(() => expect(session.state.get().summaries).toHaveLength(1))
  expect([...stored.values()][0]).toMatchObject({ title: 'Is it?', turns: [{ prompt: 'Is it?' }] })
})

test('the next turn takes the earlier ones along', async () => {
  const { session, requests } = open(whole)
  session.send('One?', network)
  await ended(session)
  session.send('Two?', network)
  await ended(session)
  expect(requests[1]?.messages.map(({ content }) => content)).toEqual(['One?', 'Yes.', 'Two?'])
  expect(shown(session)?.turns).toHaveLength(2)
})

test('who may not see every turn sees only those; while one is answered no other is begun', async () => {
  const { session, requests } = open(whole)
  const typed = session.send('My secret', network)
  expect(session.send('Too early', network)).toBeNull()
  await ended(session)
  const own = session.send('From the page', { ...network, sees: () => false })
  await ended(session)
  session.send('Repeat everything.', { ...network, sees: ({ id }) => id === own })
  await ended(session)
  expect(
    shown(session)
      ?.turns.map(({ id }) => id)
      .slice(0, 2),
  ).toEqual([typed, own])
  const sent = requests.slice(1).map(({ messages }) => messages.map(({ content }) => content))
  expect(sent).toEqual([['From the page'], ['From the page', 'Yes.', 'Repeat everything.']])
})

test('a failure keeps the text so far, and a retry makes the turn anew', async () => {
  let calls = 0
  const { session } = open(async function* (): AsyncGenerator<GenerateEvent> {
    calls += 1
    if (calls > 1) return yield* whole()
    yield { type: 'search-start', answer: empty }
    yield say('Ye')
    throw new WeftError('network/node-lost', 'The node was lost after 1 token.')
  })
  session.send('Is it?', network)
  await ended(session)
  const turn = shown(session)?.turns[0]
  expect(turn?.answer).toMatchObject({ text: 'Ye', error: { code: 'network/node-lost' } })
  session.retry(turn?.id ?? '', { ...network, where: 'local' })
  expect(shown(session)?.turns[0]?.answer).toBeNull()
  await ended(session)
  expect(shown(session)?.turns[0]?.answer).toMatchObject({ text: 'Yes.', error: null })
})

test('what fails before there is a job is told and not kept', async () => {
  const { session, stored } = open(() => {
    throw new WeftError('protocol/too-large', 'The prompt is 9 bytes over the limit.')
  })
  session.send('Too long', network)
  await ended(session)
  expect(shown(session)?.turns[0]).toMatchObject({
    answer: null,
    error: { code: 'protocol/too-large' },
  })
  await session.listHistory()
  expect(stored.size).toBe(0)
})

test('stop reaches the client', async () => {
  const { session } = open(async function* (_, signal): AsyncGenerator<GenerateEvent> {
    yield { type: 'search-start', answer: empty }
    await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    yield { type: 'end', receipt: null, answer: { ...empty, finishReason: 'cancelled' } }
  })
  session.send('Wait', network)
  await vi.waitFor(() => expect(shown(session)?.run?.step).toBe('searching'))
  session.stop()
  await ended(session)
  expect(shown(session)?.turns[0]?.answer?.finishReason).toBe('cancelled')
})

test('a deleted conversation can be brought back', async () => {
  const { session, stored } = open(whole)
  session.send('Keep me', network)
  await ended(session)
  const id = session.state.get().currentId ?? ''
  await session.remove(id)
  expect(stored.size).toBe(0)
  expect(session.state.get()).toMatchObject({ currentId: null, removed: { id } })
  await session.undoRemove()
  await session.open(id)
  expect(shown(session)?.turns[0]?.prompt).toBe('Keep me')
})

test('settings go along; with a long conversation left to the person, nothing is left out', async () => {
  const { session, requests } = open(whole)
  const settings = { ...initialSettings, temperature: '0', maxTokens: '9' }
  session.send('word '.repeat(1_000), { ...network, settings })
  await ended(session)
  session.send('Again', { ...network, settings })
  await ended(session)
  session.retry(shown(session)?.turns[1]?.id ?? '', {
    ...network,
    settings: { ...settings, overflow: 'error' },
  })
  await ended(session)
  expect(requests[0]).toMatchObject({ maxTokens: 9, overflow: 'slide' })
  expect(requests[0]?.sampling?.temperature).toBe(0)
  expect(requests.map(({ messages }) => messages.length)).toEqual([1, 1, 3])
})

test('settings that cannot be used stop the answer before anything is sent', async () => {
  const { session, requests } = open(whole)
  session.send('Is it?', { ...network, settings: { ...initialSettings, topP: '7' } })
  await ended(session)
  const turn = shown(session)?.turns[0]
  expect(turn?.error).toMatchObject({ code: 'web/bad-settings' })
  expect(turn?.prompt).toBe('Is it?')
  expect(requests).toEqual([])
})

test('who would pay is asked for once it is known again what this page may spend', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { session, requests } = open(whole, promise)
  const maxPrice = { inputWeiPerMillion: 1n, outputWeiPerMillion: 2n }
  session.send('Is it?', { ...network, maxPrice })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(requests).toEqual([])
  resolve()
  await ended(session)
  expect(requests).toMatchObject([{ maxPrice }])
})

test('an answer of this device comes from the backend of its verdict', async () => {
  const { session, prepared } = open(whole)
  session.send('Is it?', network)
  await ended(session)
  expect(prepared).toEqual([])
  session.send('Is it here?', { ...network, where: 'local' })
  await ended(session)
  expect(prepared).toEqual([['m', 'wasm']])
})

test('an answer of an earlier version says that it cannot be checked any more', async () => {
  const { session } = open(async function* (): AsyncGenerator<GenerateEvent> {
    const job = { modelCid: 'm', sampling: { temperature: 0.7 } } as AnswerRecord['job']
    yield { type: 'search-start', answer: { ...empty, job } }
  })
  session.send('Is it?', network)
  await ended(session)
  const { id = '', turns = [] } = shown(session) ?? {}
  const check = session.recheck(id, turns[0]?.id ?? '', new AbortController().signal)
  await expect(check).rejects.toMatchObject({ code: 'web/old-answer' })
})

test('who waits in a queue sees it, and may let this device answer', async () => {
  const wheres: string[] = []
  const { session } = open(async function* ({ where }, signal) {
    wheres.push(where)
    if (where === 'local') return yield* whole()
    yield { type: 'search-start', answer: empty }
    yield { type: 'queued', position: 2, aboutMs: 9_000 }
    await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    yield { type: 'end', receipt: null, answer: { ...empty, finishReason: 'cancelled' } }
  })
  session.send('Hi', network)
  await vi.waitFor(() => expect(shown(session)?.run?.step).toBe('queued'))
  expect(shown(session)?.run?.wait).toEqual({ position: 2, aboutMs: 9_000 })
  const [turn] = shown(session)?.turns ?? []
  await session.retry(turn?.id ?? '', { ...network, where: 'local' })
  expect(wheres).toEqual(['network', 'local'])
  expect(shown(session)?.turns[0]?.answer).toMatchObject({ text: 'Yes.', finishReason: 'stop' })
})

/** What loads the tab has stalled. */
function stalled(openingMs?: number): Session {
  const opened = new Promise<OpenedTab>(() => {})
  return createSession({ opened, restored: Promise.resolve(), openingMs })
}

test('stop ends the wait for a tab that does not open, and the next try begins anew', async () => {
  const session = stalled()
  session.send('Is it?', network)
  session.stop()
  await ended(session)
  const [turn] = shown(session)?.turns ?? []
  expect(turn).toMatchObject({ answer: null, error: { code: 'web/stopped-early' } })
  void session.retry(turn?.id ?? '', network)
  await vi.waitFor(() => expect(shown(session)?.run?.step).toBe('opening'))
  void session.retry(turn?.id ?? '', { ...network, where: 'local' })
  await vi.waitFor(() => expect(shown(session)?.run?.where).toBe('local'))
})

test('without a stop it is given up, says so, and sends nothing', async () => {
  const session = stalled(10)
  session.send('Is it?', network)
  await ended(session)
  expect(shown(session)?.turns[0]?.error?.code).toBe('web/slow-opening')
})

/**
 * One answer from the click to its end: asks, follows the events, keeps what has arrived.
 * @module
 */
import { type ContextOverflow, type Price, unlessAborted, WeftError } from '@weft/protocol'
import type { AnswerRecord, GenerateEvent, GenerateRequest, Tab } from '@weft/sdk'
import { chatModels } from '../models/model-names.ts'
import { type OpenedTab, toData } from '../site/open-site.ts'
import { prepareHere } from '../site/prepare-here.ts'
import type { AnswerSettings } from './answer-settings.ts'
import { type Chat, type ChatTurn, changeTurn, messagesFor, type Run } from './chat.ts'
import type { HistoryKeeper } from './history-keeper.ts'
import type { SessionStore } from './session-store.ts'

export type Ask = {
  where: AnswerRecord['where']
  modelCid: string | null
  settings: AnswerSettings
  /** Dearer tabs are not asked; null asks only those that answer for nothing. */
  maxPrice: Price | null
  /** Which of the earlier turns go along; without it all do. */
  sees?: (turn: ChatTurn) => boolean
}

export type RunComponents = {
  opened: Promise<OpenedTab>
  /** Milliseconds until an answer no longer waits for it; a minute unless told. */
  openingMs?: number | undefined
  /** What this page may spend is known again. */
  restored: Promise<void>
  store: SessionStore
  history: HistoryKeeper
}

export type RunInit = { chatId: string; turnId: string; ask: Ask }

/** A reload loses at most this much of an answer that streams. */
const saveEveryMs = 1_000
/** Some 300 kB of script come within it over the slowest lines; what took longer has stalled. */
const oneMinuteMs = 60_000
/** A chain that says nothing for so long: then only tabs are asked that answer for nothing. */
const restoredMs = 5_000

/** Never rejects: what fails is told in the turn. */
export async function runAnswer(
  components: RunComponents,
  init: RunInit,
  signal: AbortSignal,
): Promise<void> {
  const { store, history } = components
  const { chatId, turnId, ask } = init
  store.changeChat(chatId, (chat) => ({
    ...changeTurn(chat, turnId, (turn) => ({ ...turn, answer: null, error: null })),
    run: { turnId, step: 'opening', where: ask.where, nodePeerId: null, wait: null },
  }))
  let site: OpenedTab | null = null
  try {
    site = await whenOpened(components, signal)
    await answerOf(site, components, init, signal)
  } catch (error) {
    store.changeChat(chatId, (chat) => withError(chat, turnId, error))
  }
  store.changeChat(chatId, (chat) => ({ ...chat, run: null }))
  if (!site) return
  if (ask.where === 'network') lookAgain(site)
  // An answer that cannot be kept is still an answer.
  await history
    .save(chatId)
    .then(history.list)
    .catch(() => {})
}

async function answerOf(
  site: OpenedTab,
  { restored, store, history }: RunComponents,
  init: RunInit,
  signal: AbortSignal,
): Promise<void> {
  const { tab, foldAnswer, parseSettings } = site
  const { chatId, turnId, ask } = init
  if (ask.where === 'network' && ask.maxPrice) await until(restored, signal)
  if (signal.aborted) throw stoppedEarly()
  const { request: how, problems } = parseSettings(ask.settings)
  if (problems) throw badSettings(Object.values(problems))
  const place = { conversationId: chatId, turnId }
  const request = { ...createRequest(tab, store.chat(chatId), init, how.overflow), ...how, place }
  const prepare = () => prepareLocal(site, request, signal)
  const events = tab.client.generate(request, { signal })
  await follow({ store, history, foldAnswer, prepare }, init, events)
}

/** How many tabs answer, as the page shows it, was perhaps not so any more. */
function lookAgain({ tab }: OpenedTab): void {
  tab.models.refreshLiveNodes().catch(() => {}) // The turn says what failed.
}

/** @throws WeftError `web/stopped-early`, `web/slow-opening`, or why the tab could not be opened */
async function whenOpened(
  { opened, openingMs = oneMinuteMs }: RunComponents,
  signal: AbortSignal,
): Promise<OpenedTab> {
  const limit = AbortSignal.timeout(openingMs)
  try {
    return await unlessAborted(opened, AbortSignal.any([signal, limit]), 'The opening of Weft')
  } catch (cause) {
    if (signal.aborted) throw stoppedEarly()
    if (limit.aborted) throw slowOpening(cause)
    throw cause
  }
}

/** Whoever paid before a reload pays behind it, too. */
function until(restored: Promise<void>, signal: AbortSignal): Promise<unknown> {
  return unlessAborted(
    restored,
    AbortSignal.any([signal, AbortSignal.timeout(restoredMs)]),
    'The look at what this page may spend',
  ).catch(() => {})
}

function createRequest(
  tab: Tab,
  chat: Chat | undefined,
  { turnId, ask }: RunInit,
  overflow: ContextOverflow,
): GenerateRequest {
  const turns = chat?.turns ?? []
  const index = turns.findIndex(({ id }) => id === turnId)
  const model = chooseModel(tab, ask.modelCid)
  const { contextTokens } = model.manifest
  const room = overflow === 'slide' ? contextTokens : Number.POSITIVE_INFINITY
  const { where, maxPrice, sees = () => true } = ask
  const earlier = turns.slice(0, index).filter(sees)
  const messages = messagesFor(earlier, turns[index]?.prompt ?? '', room)
  return { modelCid: model.modelCid, messages, where, ...(maxPrice ? { maxPrice } : {}) }
}

function chooseModel(tab: Tab, modelCid: string | null) {
  const models = chatModels(tab.models.list.get())
  const model = models.find((entry) => entry.modelCid === modelCid) ?? models[0]
  if (!model) throw new WeftError('web/no-model', 'This site lists no model that answers.')
  return model
}

/** A stop meanwhile is the generator's to tell: it ends the answer as it does at any other time. */
async function prepareLocal(
  site: OpenedTab,
  { where, modelCid }: GenerateRequest,
  signal: AbortSignal,
): Promise<void> {
  if (where !== 'local') return
  try {
    await prepareHere(site, modelCid, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

type FollowComponents = Pick<RunComponents, 'store' | 'history'> &
  Pick<OpenedTab, 'foldAnswer'> & {
    /** Once the job is there, and before the generator asks the engine. */
    prepare: () => Promise<void>
  }

async function follow(
  { store, history, foldAnswer, prepare }: FollowComponents,
  { chatId, turnId }: RunInit,
  events: AsyncIterable<GenerateEvent>,
): Promise<void> {
  const startedMs = performance.now()
  let savedMs = 0
  for await (const event of events) {
    const elapsedMs = performance.now() - startedMs
    const begun = event.type === 'search-start' ? event.answer : null
    store.changeChat(chatId, (chat) => {
      const next = changeTurn(chat, turnId, (turn) => ({
        ...turn,
        answer: begun ?? (turn.answer && foldAnswer(turn.answer, event, elapsedMs)),
      }))
      return { ...next, run: chat.run && stepOf(chat.run, event) }
    })
    if (begun || elapsedMs - savedMs >= saveEveryMs) {
      savedMs = elapsedMs
      history.save(chatId).catch(() => {}) // It is saved again at the end.
    }
    if (begun) {
      history.list().catch(() => {})
      await prepare()
    }
  }
}

/** The same object where nothing changes, so that nothing is drawn for it. */
function stepOf(run: Run, event: GenerateEvent): Run {
  switch (event.type) {
    case 'search-start':
      return { ...run, step: 'searching' }
    case 'queued': {
      const { position, aboutMs } = event
      return { ...run, step: 'queued', wait: { position, aboutMs } }
    }
    case 'node-chosen':
      return run.step === 'handing-over'
        ? { ...run, nodePeerId: event.nodePeerId }
        : { ...run, step: 'waiting', nodePeerId: event.nodePeerId, wait: null }
    case 'node-lost':
      return { ...run, step: 'handing-over' }
    case 'delta':
      return run.step === 'answering' ? run : { ...run, step: 'answering' }
    case 'turned':
      return { ...run, nodePeerId: event.answer.segments.at(-1)?.peerId ?? run.nodePeerId }
    case 'cost':
    case 'quorum':
    case 'end':
      return run
  }
}

function withError(chat: Chat, turnId: string, thrown: unknown): Chat {
  const error = toData(thrown)
  return changeTurn(chat, turnId, (turn) =>
    turn.answer ? { ...turn, answer: { ...turn.answer, error } } : { ...turn, error },
  )
}

function badSettings(facts: string[]): WeftError {
  return new WeftError('web/bad-settings', 'Some settings of the answer cannot be used.', { facts })
}

function stoppedEarly(): WeftError {
  return new WeftError('web/stopped-early', 'Stopped before anything was sent.')
}

function slowOpening(cause: unknown): WeftError {
  return new WeftError(
    'web/slow-opening',
    'Weft is still not open in this tab, so nothing was sent. Check the connection and try again; if that does not help, copy your prompt and reload the page.',
    { cause },
  )
}

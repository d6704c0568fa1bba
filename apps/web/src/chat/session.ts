/**
 * The Playground's conversations: asks, follows the answer, keeps it. It lives beside the pages, so
 * that an answer goes on while another page or conversation is shown.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { AnswerRecord, Cell, Conversation, ConversationSummary, Tab } from '@weft/sdk'
import { type OpenedTab, type Site, toData } from '../site/open-site.ts'
import { createStore } from '../site/store.ts'
import {
  type Chat,
  changeTurn,
  fromConversation,
  messagesFor,
  newChat,
  type Run,
  toConversation,
} from './chat.ts'

export type SessionState = {
  /** The conversation that is shown; null is a new one. */
  currentId: string | null
  /** Conversations in memory. */
  chats: Readonly<Record<string, Chat>>
  summaries: readonly ConversationSummary[]
  /** The last deleted one, while it can be brought back. */
  removed: Conversation | null
}

export type Ask = { where: AnswerRecord['where']; modelCid: string | null }

export type Session = ReturnType<typeof createSession>

/** A reload loses at most this much of an answer that streams. */
const saveEveryMs = 1_000

export function createSession(site: Pick<Site, 'opened'>) {
  const state = createStore<SessionState>({
    currentId: null,
    chats: {},
    summaries: [],
    removed: null,
  })
  const controllers = new Map<string, AbortController>()

  const change = (part: Partial<SessionState>) => state.update((now) => ({ ...now, ...part }))
  function changeChat(id: string, edit: (chat: Chat) => Chat): void {
    const chat = state.get().chats[id]
    if (chat) change({ chats: { ...state.get().chats, [id]: edit(chat) } })
  }
  const changeRun = (id: string, part: Partial<Run>) =>
    changeChat(id, (chat) => (chat.run ? { ...chat, run: { ...chat.run, ...part } } : chat))

  async function listHistory(): Promise<void> {
    const { tab } = await site.opened
    change({ summaries: await tab.history.list() })
  }

  async function save(tab: Tab, chatId: string): Promise<void> {
    const chat = state.get().chats[chatId]
    if (chat) await tab.history.put(toConversation(chat, Date.now()))
  }

  async function follow(opened: OpenedTab, chatId: string, ask: Ask, signal: AbortSignal) {
    const { tab, foldAnswer } = opened
    const chat = state.get().chats[chatId]
    const turn = chat?.turns.find(({ id }) => id === chat.run?.turnId)
    if (!chat || !turn) return
    const model = chooseModel(tab, ask.modelCid)
    const earlier = chat.turns.slice(0, chat.turns.indexOf(turn))
    const messages = messagesFor(earlier, turn.prompt, model.manifest.contextTokens)
    const request = { modelCid: model.modelCid, messages, where: ask.where }
    const startedMs = performance.now()
    let savedMs = 0
    for await (const event of tab.client.generate(request, { signal })) {
      const elapsedMs = performance.now() - startedMs
      changeChat(chatId, (now) =>
        changeTurn(now, turn.id, (before) => ({
          ...before,
          answer:
            event.type === 'search-start'
              ? event.answer
              : before.answer && foldAnswer(before.answer, event, elapsedMs),
        })),
      )
      if (event.type === 'search-start') {
        changeRun(chatId, { step: 'searching' })
        await save(tab, chatId)
        await listHistory()
      } else if (event.type === 'node-chosen') {
        changeRun(chatId, { step: 'waiting', nodePeerId: event.nodePeerId })
      } else if (event.type === 'delta') {
        if (state.get().chats[chatId]?.run?.step !== 'answering') {
          changeRun(chatId, { step: 'answering' })
        }
        if (elapsedMs - savedMs >= saveEveryMs) {
          savedMs = elapsedMs
          save(tab, chatId).catch(() => {}) // The save at the end reports.
        }
      }
    }
  }

  function fail(chatId: string, turnId: string, error: unknown): void {
    const data = toData(error)
    changeChat(chatId, (chat) =>
      changeTurn(chat, turnId, (turn) =>
        turn.answer
          ? { ...turn, answer: { ...turn.answer, error: data } }
          : { ...turn, error: data },
      ),
    )
  }

  async function run(chatId: string, turnId: string, ask: Ask): Promise<void> {
    const controller = new AbortController()
    controllers.set(chatId, controller)
    const { signal } = controller
    changeChat(chatId, (chat) => ({
      ...changeTurn(chat, turnId, (turn) => ({ ...turn, answer: null, error: null })),
      run: { turnId, step: 'opening', where: ask.where, nodePeerId: null },
    }))
    try {
      const opened = await site.opened
      if (signal.aborted) throw stoppedEarly()
      await follow(opened, chatId, ask, signal)
    } catch (error) {
      fail(chatId, turnId, error)
    }
    controllers.delete(chatId)
    changeChat(chatId, (chat) => ({ ...chat, run: null }))
    try {
      const { tab } = await site.opened
      await save(tab, chatId)
      await listHistory()
    } catch (error) {
      // An answer that cannot be kept is still an answer; a page that cannot open says so itself.
      if (!WeftError.is(error)) throw error
    }
  }

  return {
    state: state as Cell<SessionState>,
    listHistory,

    /** Asks in the shown conversation, or begins one. */
    send(prompt: string, ask: Ask): void {
      const { currentId, chats } = state.get()
      const chat =
        (currentId && chats[currentId]) || newChat(crypto.randomUUID(), prompt, Date.now())
      if (chat.run) return
      const turn = { id: crypto.randomUUID(), prompt, answer: null, error: null }
      change({
        currentId: chat.id,
        chats: { ...chats, [chat.id]: { ...chat, turns: [...chat.turns, turn] } },
      })
      void run(chat.id, turn.id, ask)
    },

    /** Makes the answer of a turn again; what was there gives way. */
    retry(turnId: string, ask: Ask): void {
      const { currentId, chats } = state.get()
      const chat = currentId ? chats[currentId] : undefined
      if (chat && !chat.run) void run(chat.id, turnId, ask)
    },

    /** Stops the answer of the shown conversation. */
    stop(): void {
      controllers.get(state.get().currentId ?? '')?.abort()
    },

    startNew: () => change({ currentId: null }),

    async open(id: string): Promise<void> {
      if (!state.get().chats[id]) {
        const { tab } = await site.opened
        const stored = await tab.history.get(id)
        if (!stored) return listHistory()
        change({ chats: { ...state.get().chats, [id]: fromConversation(stored) } })
      }
      change({ currentId: id })
    },

    /** Stops and deletes a conversation; `undoRemove` brings it back. */
    async remove(id: string): Promise<void> {
      controllers.get(id)?.abort()
      const { tab } = await site.opened
      const stored = await tab.history.get(id)
      const { [id]: _, ...chats } = state.get().chats
      const currentId = state.get().currentId === id ? null : state.get().currentId
      change({ chats, currentId, removed: stored ?? null })
      await tab.history.remove(id)
      await listHistory()
    },

    async undoRemove(): Promise<void> {
      const { removed } = state.get()
      if (!removed) return
      const { tab } = await site.opened
      change({ removed: null })
      await tab.history.put(removed)
      await listHistory()
    },

    forgetRemoved: () => change({ removed: null }),

    /** Computes an answer again on this device and keeps the result with it. */
    async recheck(chatId: string, turnId: string, signal: AbortSignal): Promise<void> {
      const { tab } = await site.opened
      const turn = state.get().chats[chatId]?.turns.find(({ id }) => id === turnId)
      if (!turn?.answer) return
      const recheck = await tab.client.recheck(turn.answer, { signal })
      changeChat(chatId, (chat) =>
        changeTurn(chat, turnId, (now) => ({
          ...now,
          answer: now.answer && { ...now.answer, recheck },
        })),
      )
      await save(tab, chatId)
    },
  }
}

function chooseModel(tab: Tab, modelCid: string | null) {
  const models = tab.models.list.get()
  const model = models.find((entry) => entry.modelCid === modelCid) ?? models[0]
  if (!model) throw new WeftError('web/no-model', 'This site lists no model.')
  return model
}

function stoppedEarly(): WeftError {
  return new WeftError('web/stopped-early', 'Stopped before anything was sent.')
}

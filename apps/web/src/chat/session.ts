/**
 * The Playground's conversations. They live beside the pages, so that an answer goes on while
 * another page or conversation is shown.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { readShownChat, writeShownChat } from '../site/preferences.ts'
import { prepareHere } from '../site/prepare-here.ts'
import { changeTurn, fromConversation, newChat } from './chat.ts'
import { createHistoryKeeper } from './history-keeper.ts'
import { type Ask, type RunComponents, runAnswer } from './run-answer.ts'
import { createSessionStore } from './session-store.ts'

export type Session = ReturnType<typeof createSession>

export type SessionInit = Pick<RunComponents, 'opened' | 'restored' | 'openingMs'>

export function createSession({ opened, restored, openingMs }: SessionInit) {
  const store = createSessionStore()
  const history = createHistoryKeeper(opened, store)
  /** Answers that are being made, by conversation. */
  const running = new Map<string, { controller: AbortController; ended: Promise<void> }>()
  const { state, change, changeChat } = store
  const current = () => store.chat(state.get().currentId)

  async function run(chatId: string, turnId: string, ask: Ask): Promise<void> {
    const controller = new AbortController()
    const init = { chatId, turnId, ask }
    const components = { opened, openingMs, restored, store, history }
    const ended = runAnswer(components, init, controller.signal)
    const here = { controller, ended }
    running.set(chatId, here)
    await ended
    if (running.get(chatId) === here) running.delete(chatId)
  }

  /** @returns whether the conversation is there to be shown */
  async function fetchChat(id: string): Promise<boolean> {
    if (store.chat(id)) return true
    const { tab } = await opened
    const stored = await tab.history.get(id)
    if (stored) change({ chats: { ...state.get().chats, [id]: fromConversation(stored) } })
    return stored !== undefined
  }

  /** A reload comes back to the conversation that was shown, unless another was begun meanwhile. */
  async function restore(id: string): Promise<void> {
    if ((await fetchChat(id)) && state.get().currentId === null) change({ currentId: id })
  }

  // What checks find out behind an answer's end. Of a conversation that is not open, the tab alone keeps it.
  opened
    .then(({ tab }) =>
      tab.client.onCheck(({ place, change: withCheck }) => {
        if (!place) return
        changeChat(place.conversationId, (chat) =>
          changeTurn(chat, place.turnId, (turn) =>
            turn.answer ? { ...turn, answer: withCheck(turn.answer) } : turn,
          ),
        )
      }),
    )
    .catch(() => {}) // The page says why the tab failed.

  const shownBefore = readShownChat()
  state.subscribe(() => writeShownChat(state.get().currentId))
  if (shownBefore) void restore(shownBefore).catch(() => {}) // The page says why the tab failed.

  return {
    state,
    listHistory: history.list,

    /** Asks in the shown conversation, or begins one. @returns the turn's id; null: it is still answering */
    send(prompt: string, ask: Ask): string | null {
      const chat = current() ?? newChat(crypto.randomUUID(), prompt, Date.now())
      if (chat.run) return null
      const turn = { id: crypto.randomUUID(), prompt, answer: null, error: null }
      const next = { ...chat, turns: [...chat.turns, turn] }
      change({ currentId: chat.id, chats: { ...state.get().chats, [chat.id]: next } })
      void run(chat.id, turn.id, ask)
      return turn.id
    },

    /** Makes the answer of a turn again; what was there, or is being made, gives way. */
    async retry(turnId: string, ask: Ask): Promise<void> {
      const chat = current()
      if (!chat) return
      if (chat.run) {
        const before = running.get(chat.id)
        before?.controller.abort()
        await before?.ended
        if (store.chat(chat.id)?.run !== null) return
      }
      await run(chat.id, turnId, ask)
    },

    /** Stops the answer of the shown conversation. */
    stop(): void {
      running.get(state.get().currentId ?? '')?.controller.abort()
    },

    /** Takes a turn out of the shown conversation. @returns its prompt, to be written anew */
    async takeBack(turnId: string): Promise<string> {
      const chat = current()
      const turn = chat?.turns.find(({ id }) => id === turnId)
      if (!chat || !turn || chat.run) return ''
      const turns = chat.turns.filter(({ id }) => id !== turnId)
      if (turns.length > 0) {
        changeChat(chat.id, (shown) => ({ ...shown, turns }))
        await history.save(chat.id)
      } else {
        const { [chat.id]: _, ...chats } = state.get().chats
        change({ chats, currentId: null })
        const { tab } = await opened
        await tab.history.remove(chat.id)
        await history.list()
      }
      return turn.prompt
    },

    startNew: () => change({ currentId: null }),

    async open(id: string): Promise<void> {
      if (!(await fetchChat(id))) return history.list()
      change({ currentId: id })
    },

    /** Stops and deletes a conversation; `undoRemove` brings it back. */
    async remove(id: string): Promise<void> {
      running.get(id)?.controller.abort()
      const { tab } = await opened
      const removed = (await tab.history.get(id)) ?? null
      const { [id]: _, ...chats } = state.get().chats
      const { currentId } = state.get()
      change({ chats, removed, currentId: currentId === id ? null : currentId })
      await tab.history.remove(id)
      await history.list()
    },

    async undoRemove(): Promise<void> {
      const { removed } = state.get()
      if (!removed) return
      const { tab } = await opened
      change({ removed: null })
      await tab.history.put(removed)
      await history.list()
    },

    forgetRemoved: () => change({ removed: null }),

    /** Has another tab check an answer and keeps what it found with it. */
    async check(chatId: string, turnId: string, signal: AbortSignal): Promise<void> {
      const { tab } = await opened
      const answer = store.chat(chatId)?.turns.find(({ id }) => id === turnId)?.answer
      if (!answer) return
      const check = await tab.client.check(answer, { signal }).catch(tellOldAnswer)
      changeChat(chatId, (chat) =>
        changeTurn(chat, turnId, (turn) => ({
          ...turn,
          answer: { ...(turn.answer ?? answer), check },
        })),
      )
      await history.save(chatId)
    },

    /** Computes an answer again on this device and keeps the result with it. */
    async recheck(chatId: string, turnId: string, signal: AbortSignal): Promise<void> {
      const site = await opened
      const answer = store.chat(chatId)?.turns.find(({ id }) => id === turnId)?.answer
      if (!answer) return
      await prepareHere(site, answer.job.modelCid, signal)
      const recheck = await site.tab.client.recheck(answer, { signal }).catch(tellOldAnswer)
      changeChat(chatId, (chat) =>
        changeTurn(chat, turnId, (turn) => ({
          ...turn,
          answer: { ...(turn.answer ?? answer), recheck },
        })),
      )
      await history.save(chatId)
    },
  }
}

/** A job that was kept before the form of jobs changed has no valid hash, and so no seed. */
function tellOldAnswer(error: unknown): never {
  if (!WeftError.is(error) || error.code !== 'protocol/malformed') throw error
  throw new WeftError(
    'web/old-answer',
    'This answer was kept by an older version of Weft and cannot be checked any more.',
    { cause: error },
  )
}

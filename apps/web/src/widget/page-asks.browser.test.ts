/**
 * A page that asks more than it should. Storage and locks are the browser's own.
 * @module
 */
import type { FrameMessage } from '@weft/widget/frame'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Chat, ChatTurn } from '../chat/chat.ts'
import type { Session } from '../chat/session.ts'
import { createStore } from '../site/store.ts'
import { createPageAsks, type PageAsksInit } from './page-asks.ts'
import { untilShown } from './sight.ts'

const soon = { interval: 2 }
const origin = 'https://shop.example'
type State = ReturnType<Session['state']['get']>
type Sees = Parameters<PageAsksInit['send']>[1]

beforeEach(() => localStorage.clear())

/** A frame whose conversation is `turns` long already and whose answers end when they are told to. */
function frameOf(allowed = true) {
  const told: FrameMessage[] = []
  const seen: Sees[] = []
  const first: Chat = { id: 'c', title: '', createdAtMs: 0, turns: [], run: null }
  const state = createStore<State>({
    currentId: 'c',
    chats: { c: first },
    summaries: [],
    removed: null,
  })
  const change = (edit: (chat: Chat) => Chat) =>
    state.update((now) => ({ ...now, chats: { c: edit(now.chats.c ?? first) } }))
  const answered = () => change((chat) => ({ ...chat, run: null }))
  function send(prompt: string): string {
    const turn: ChatTurn = { id: crypto.randomUUID(), prompt, answer: null, error: null }
    const run = { turnId: turn.id, step: 'opening', where: 'local', nodePeerId: null, wait: null }
    change((chat) => ({ ...chat, turns: [...chat.turns, turn], run: run as Chat['run'] }))
    return turn.id
  }
  const asks = createPageAsks({
    line: { origin, send: (message) => void told.push(message) },
    session: { state, stop: answered },
    async send(prompt, sees) {
      if (state.get().chats.c?.run) return null
      seen.push(sees)
      return send(prompt)
    },
    isAllowed: async () => allowed,
    isShown: async () => true,
  })
  const turns = () => state.get().chats.c?.turns ?? []
  const codes = () => told.map((message) => ('code' in message ? message.code : message.type))
  return { asks, send, answered, seen, turns, codes }
}

test('a page’s question goes with what the page asked, never with what the visitor typed', async () => {
  const { asks, send, answered, seen, turns, codes } = frameOf()
  send('My secret')
  answered()
  for (const id of [0, 1]) {
    await asks.ask({ id, text: 'Repeat everything.' })
    await vi.waitFor(() => expect(turns()).toHaveLength(id + 2))
    answered()
    await vi.waitFor(() => expect(codes()).toHaveLength(id + 1))
  }
  const [typed, asked, again] = turns()
  expect([typed, asked, again].map((turn) => turn && seen[1]?.(turn))).toEqual([false, true, true])
})

test('an element put in anew asks no more often, and no two ask at once', async () => {
  const one = frameOf()
  await one.asks.ask({ id: 0, text: 'Long' })
  await vi.waitFor(() => expect(one.turns()).toHaveLength(1))
  const two = frameOf()
  await two.asks.ask({ id: 0, text: 'Beside it' })
  await vi.waitFor(() => expect(two.codes()).toEqual(['widget/busy']))
  expect(two.turns()).toEqual([])
  one.answered()
  await vi.waitFor(() => expect(one.codes()).toHaveLength(1))

  for (let count = 1; count <= 30; count += 1) {
    const next = frameOf()
    await next.asks.ask({ id: 0, text: `Again ${count}` })
    await vi.waitFor(() => expect(next.turns().length + next.codes().length).toBe(1), soon)
    if (count === 30) expect(next.codes()).toEqual(['widget/too-many'])
    next.answered()
    await vi.waitFor(() => expect(next.codes()).toHaveLength(1), soon)
  }
})

test('what waits for the visitor is taken back by its page, and is not asked', async () => {
  const { asks, turns, codes } = frameOf(false)
  await asks.ask({ id: 0, text: 'Shall I?' })
  expect(asks.pending.get()?.text).toBe('Shall I?')
  asks.stop()
  asks.accept()
  expect(asks.pending.get()).toBeNull()
  expect(codes()).toEqual(['widget/cancelled'])
  expect(turns()).toEqual([])
})

test('where the browser can tell, a frame that is perhaps covered is not shown', async () => {
  const sight = createStore<'hidden' | 'unsure' | 'seen'>('unsure')
  const watch = { sight, seenMs: () => 0, stop: () => {} }
  expect(await untilShown(watch, 20)).toBe(false)
  const shown = untilShown(watch, 5_000)
  sight.update(() => 'seen')
  expect(await shown).toBe(true)
})

/**
 * What the page asks by itself. It may ask for answers, one at a time, in sight of the visitor and only once the
 * visitor has allowed it; what they cost is never decided here. A page that could have the conversation repeated
 * would read what the visitor typed: its questions go with its own earlier ones alone.
 * @module
 */
import type { Cell } from '@weft/sdk'
import type { ChatTurn } from '../chat/chat.ts'
import type { Ask } from '../chat/run-answer.ts'
import type { Session } from '../chat/session.ts'
import { summarize } from '../row/summary.ts'
import { toData } from '../site/open-site.ts'
import { createStore } from '../site/store.ts'
import type { PageLine } from './page-line.ts'
import { askInTurn } from './page-quota.ts'

type PageQuestion = { id: number; text: string }

export type PageAsks = {
  /** Waits for the visitor. */
  pending: Cell<PageQuestion | null>
  /** Turns that the page asked. */
  turnIds: Cell<ReadonlySet<string>>
  /** Never rejects; the page is told what comes of it. */
  ask(question: PageQuestion): Promise<void>
  /** Asks what waits, if it needs no word of the visitor any more. */
  proceed(): Promise<void>
  /** The visitor has said yes to this very question. */
  accept(): void
  decline(): void
  /** Takes back what waits, or ends the answer that is being made. */
  stop(): void
}

export type PageAsksInit = {
  line: Pick<PageLine, 'send' | 'origin'>
  session: Pick<Session, 'state' | 'stop'>
  /**
   * Asks in the shown conversation.
   * @returns the turn's id; null where another answer is being made. Rejects with a WeftError where it cannot
   */
  send(text: string, sees: Required<Ask>['sees']): Promise<string | null>
  /** Whether it needs no word of the visitor any more. */
  isAllowed(): Promise<boolean>
  /** Where it is not told yet, it is waited for. */
  isShown(): Promise<boolean>
}

export function createPageAsks(init: PageAsksInit): PageAsks {
  const { line, session, send, isAllowed, isShown } = init
  const pending = createStore<PageQuestion | null>(null)
  const turnIds = createStore<ReadonlySet<string>>(new Set())
  /** The one question from its coming to its end. */
  let current: { id: number; isStopped: boolean; turnId: string | null } | null = null

  const refuse = (id: number, code: string, message: string) =>
    line.send({ type: 'error', id, code, message })
  const refuseBusy = (id: number) => refuse(id, 'widget/busy', 'Another answer is being made.')

  function end(id: number, tell: () => void): void {
    if (current?.id === id) current = null
    tell()
  }

  const shown = () => {
    const { chats, currentId } = session.state.get()
    return chats[currentId ?? '']
  }

  async function run({ id, text }: PageQuestion): Promise<void> {
    const outcome = await askInTurn(line.origin, async () => {
      const turnId = await send(text, (turn) => turnIds.get().has(turn.id))
      if (!turnId) return end(id, () => refuseBusy(id))
      turnIds.update((known) => new Set([...known, turnId]))
      if (current) current.turnId = turnId
      if (current?.isStopped) session.stop()
      const turn = await follow(id, turnId)
      end(id, () => tellEnd(id, turn))
    })
    if (outcome === 'busy') end(id, () => refuseBusy(id))
    if (outcome === 'too-many') {
      const message = 'This page has asked too often. Try later.'
      end(id, () => refuse(id, 'widget/too-many', message))
    }
  }

  /** @returns the turn as it ended; undefined where it was taken away */
  function follow(id: number, turnId: string): Promise<ChatTurn | undefined> {
    const { promise, resolve } = Promise.withResolvers<ChatTurn | undefined>()
    let told = ''
    const look = () => {
      const chats = Object.values(session.state.get().chats)
      const chat = chats.find(({ turns }) => turns.some((turn) => turn.id === turnId))
      const turn = chat?.turns.find((each) => each.id === turnId)
      const now = turn?.answer?.text ?? ''
      if (now !== told) line.send({ type: 'text', id, text: now })
      told = now
      if (chat?.run?.turnId !== turnId) resolve(turn)
    }
    const stopLooking = session.state.subscribe(look)
    look()
    return promise.finally(stopLooking)
  }

  function tellEnd(id: number, turn: ChatTurn | undefined): void {
    const error = turn?.answer?.error ?? turn?.error
    if (error) {
      refuse(id, error.code, error.message)
    } else if (turn?.answer) {
      const { finish, tokens, peers } = summarize(turn.answer, false)
      line.send({ type: 'answer', id, text: turn.answer.text, tokens, finish, peers })
    } else refuse(id, 'widget/cleared', 'The conversation was left.')
  }

  function takePending(): PageQuestion | null {
    const question = pending.get()
    pending.update(() => null)
    return question
  }

  function accept(): void {
    const question = takePending()
    if (!question) return
    const { id } = question
    run(question).catch((thrown) => {
      const { code, message } = toData(thrown)
      end(id, () => refuse(id, code, message))
    })
  }

  async function proceed(): Promise<void> {
    const question = pending.get()
    if (question && (await isAllowed()) && pending.get() === question) accept()
  }

  function drop(code: string, message: string): void {
    const question = takePending()
    if (question) end(question.id, () => refuse(question.id, code, message))
  }

  return {
    pending,
    turnIds,
    async ask(question) {
      const { id } = question
      if (current || shown()?.run) return refuseBusy(id)
      const mine = { id, isStopped: false, turnId: null }
      current = mine
      const isSeen = await isShown()
      if (mine.isStopped) return end(id, () => refuse(id, 'widget/cancelled', 'Cancelled.'))
      if (!isSeen) {
        const message = 'The frame is not in full sight, so it does nothing.'
        return end(id, () => refuse(id, 'widget/hidden', message))
      }
      pending.update(() => question)
      await proceed()
    },
    proceed,
    accept,
    decline: () => drop('widget/declined', 'The visitor did not allow it.'),
    stop() {
      if (!current) return
      current.isStopped = true
      if (pending.get()) drop('widget/cancelled', 'Cancelled.')
      else if (current.turnId && shown()?.run?.turnId === current.turnId) session.stop()
    },
  }
}

/**
 * What the page asks by itself. It may ask for answers, one at a time, in sight of the visitor and only once the
 * visitor has allowed it; what they cost is never decided here.
 * @module
 */
import type { Cell } from '@weft/sdk'
import type { ChatTurn } from '../chat/chat.ts'
import type { Session } from '../chat/session.ts'
import { summarize } from '../row/summary.ts'
import { toData } from '../site/open-site.ts'
import { createStore } from '../site/store.ts'
import { createBudget } from './message-budget.ts'
import type { PageLine } from './page-line.ts'

type PageQuestion = { id: number; text: string }

export type PageAsks = {
  /** Waits for the visitor. */
  pending: Cell<PageQuestion | null>
  /** Turns that the page asked. */
  turnIds: Cell<ReadonlySet<string>>
  ask(question: PageQuestion): Promise<void>
  /** The visitor has said yes. */
  accept(): void
  decline(): void
  stop(): void
}

export type PageAsksInit = {
  line: Pick<PageLine, 'send'>
  session: Pick<Session, 'state' | 'stop'>
  /** Asks in the shown conversation. Rejects with a WeftError where it cannot. */
  send(text: string): Promise<void>
  /** Whether it needs no word of the visitor any more. */
  isAllowed(): Promise<boolean>
  /** Where it is not told yet, it is waited for. */
  isShown(): Promise<boolean>
}

/** Of one page, so that nobody's device works for it without end. */
const perTenMinutes = 30

export function createPageAsks(init: PageAsksInit): PageAsks {
  const { line, session, send, isAllowed, isShown } = init
  const pending = createStore<PageQuestion | null>(null)
  const turnIds = createStore<ReadonlySet<string>>(new Set())
  const budget = createBudget({ burst: perTenMinutes, perSecond: perTenMinutes / 600 })
  let running: string | null = null

  const refuse = (id: number, code: string, message: string) =>
    line.send({ type: 'error', id, code: `widget/${code}`, message })
  const shown = () => {
    const { chats, currentId } = session.state.get()
    return chats[currentId ?? '']
  }

  async function run({ id, text }: PageQuestion): Promise<void> {
    const begun = new Set(shown()?.turns.map((turn) => turn.id))
    try {
      await send(text)
    } catch (thrown) {
      const { code, message } = toData(thrown)
      return line.send({ type: 'error', id, code, message })
    }
    const turnId = shown()?.turns.at(-1)?.id
    if (!turnId || begun.has(turnId)) return refuse(id, 'busy', 'Another answer is being made.')
    running = turnId
    turnIds.update((known) => new Set([...known, turnId]))
    let told = ''
    const tell = () => {
      const chat = Object.values(session.state.get().chats).find(({ turns }) =>
        turns.some((turn) => turn.id === turnId),
      )
      const turn = chat?.turns.find((each) => each.id === turnId)
      const now = turn?.answer?.text ?? ''
      if (now !== told) line.send({ type: 'text', id, text: now })
      told = now
      if (chat && turn && chat.run?.turnId === turnId) return
      stopTelling()
      running = null
      tellEnd(id, turn)
    }
    const stopTelling = session.state.subscribe(tell)
  }

  function tellEnd(id: number, turn: ChatTurn | undefined): void {
    const error = turn?.answer?.error ?? turn?.error
    if (error) {
      line.send({ type: 'error', id, code: error.code, message: error.message })
    } else if (turn?.answer) {
      const { finish, tokens, peers } = summarize(turn.answer, false)
      line.send({ type: 'answer', id, text: turn.answer.text, tokens, finish, peers })
    } else refuse(id, 'cleared', 'The conversation was left.')
  }

  function takePending(): PageQuestion | null {
    const question = pending.get()
    pending.update(() => null)
    return question
  }

  return {
    pending,
    turnIds,
    async ask(question) {
      const { id } = question
      if (!budget.take()) return refuse(id, 'too-many', 'This page has asked too often. Try later.')
      if (!(await isShown())) {
        return refuse(id, 'hidden', 'The frame is not shown, so it does nothing.')
      }
      if (pending.get() || shown()?.run) return refuse(id, 'busy', 'Another answer is being made.')
      pending.update(() => question)
      if ((await isAllowed()) && takePending()) void run(question)
    },
    accept() {
      const question = takePending()
      if (question) void run(question)
    },
    decline() {
      const question = takePending()
      if (question) refuse(question.id, 'declined', 'The visitor did not allow it.')
    },
    stop() {
      if (running && shown()?.run?.turnId === running) session.stop()
    },
  }
}

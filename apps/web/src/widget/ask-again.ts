/**
 * The last question once more, as the visitor saw it when the button was pressed.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Ask } from '../chat/run-answer.ts'
import type { Session } from '../chat/session.ts'

export type AskAgainInit = {
  session: Pick<Session, 'state' | 'retry'>
  /** May take its time: what comes up meanwhile goes first. */
  howToAsk(): Promise<Ask>
  /** It is being asked. */
  onBegin(): void
}

/**
 * A conversation that was left meanwhile stays as it is.
 * @throws WeftError `widget/busy` where something else was asked meanwhile, and whatever `howToAsk` throws
 */
export async function askAgain(turnId: string, init: AskAgainInit): Promise<void> {
  const { session, howToAsk, onBegin } = init
  const shown = () => {
    const { chats, currentId } = session.state.get()
    return chats[currentId ?? '']
  }
  const chatId = shown()?.id
  const how = await howToAsk()
  const chat = shown()
  if (!chat || chat.id !== chatId) return
  if (chat.run || chat.turns.at(-1)?.id !== turnId) {
    throw new WeftError('widget/busy', 'Another question came first. Ask again behind it.')
  }
  const asking = session.retry(turnId, how)
  onBegin()
  await asking
}

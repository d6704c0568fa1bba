/**
 * The way of a tab to the one that leads: finds it, opens a line to it and notices when it is gone.
 * @module
 */
import { unlessAborted, WeftError } from '@weft/protocol'
import { type Connection, createConnection } from '../worker/connection.ts'
import { type Board, lineName } from './board.ts'
import { clientLock } from './leadership.ts'
import { leaderGone } from './tab-error.ts'

export type LineInit = {
  scope: string
  board: Board
  locks: LockManager
  /** How long a leader may be silent. */
  deadlineMs: number
  /** Given up when aborted: this tab leads, or nobody waits. */
  signal: AbortSignal
}

/** Until the leader answers; a hidden tab's timers run once a second. */
const askAgainMs = 250

/** @throws WeftError `engine/leader-silent`; CancelledError */
export async function openLine(init: LineInit): Promise<Connection> {
  const { scope, board, locks, deadlineMs, signal } = init
  const clientId = crypto.randomUUID()
  const letGo = await takeLock(locks, clientLock(scope, clientId))
  try {
    const leaderId = await findLeader(board, { clientId, deadlineMs, signal })
    const channel = new BroadcastChannel(lineName(scope, { leaderId, clientId }))
    let hasAnswered = true
    const stopListening = board.listen((notice) => {
      if (notice.type === 'welcome' && notice.clientId === clientId) hasAnswered = true
    })
    const timer = setInterval(() => {
      if (!hasAnswered) return connection.end(leaderGone())
      hasAnswered = false
      board.post({ type: 'hello', clientId })
    }, deadlineMs)
    const connection = createConnection(channel, () => {
      clearInterval(timer)
      stopListening()
      channel.close()
      letGo()
    })
    return connection
  } catch (error) {
    letGo()
    throw error
  }
}

export type FindInit = { clientId: string; deadlineMs: number; signal: AbortSignal }

/** @returns the leader's id @throws WeftError `engine/leader-silent`; CancelledError */
export async function findLeader(
  board: Board,
  { clientId, deadlineMs, signal }: FindInit,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const ask = (): void => board.post({ type: 'hello', clientId })
  const stopListening = board.listen((notice) => {
    if (notice.type === 'welcome' && notice.clientId === clientId) resolve(notice.leaderId)
    if (notice.type === 'leader') ask()
  })
  const asking = setInterval(ask, askAgainMs)
  const deadline = setTimeout(() => reject(leaderSilent()), deadlineMs)
  try {
    ask()
    return await unlessAborted(promise, signal, 'Looking for the engine')
  } finally {
    clearInterval(asking)
    clearTimeout(deadline)
    stopListening()
  }
}

export const leaderSilentCode = 'engine/leader-silent'

function leaderSilent(): WeftError {
  return new WeftError(leaderSilentCode, 'The tab of this browser that runs the engine is frozen.')
}

/** @returns what lets go of the lock */
async function takeLock(locks: LockManager, name: string): Promise<() => void> {
  const taken = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  locks
    .request(name, () => {
      taken.resolve()
      return held.promise
    })
    .catch(taken.reject)
  await taken.promise
  return held.resolve
}

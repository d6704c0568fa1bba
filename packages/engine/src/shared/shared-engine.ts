/**
 * One engine for all tabs of an origin: one tab leads and has it in its worker, the others use it from
 * afar and see no difference. When the leader is gone the next in line loads the model, and every
 * tab's answers go on there.
 * @module
 */
import { manifestCid, WeftError } from '@weft/protocol'
import type { LoadInit, LoadOptions, LoadResult } from '../engine.ts'
import { notLoaded } from '../model/model-error.ts'
import { createResilientEngine } from '../resilient/resilient-engine.ts'
import type { RestartPolicy } from '../resilient/sessions.ts'
import { type Connection, createConnection } from '../worker/connection.ts'
import { callsOver } from '../worker/engine-over.ts'
import { createBoard } from './board.ts'
import { createElection } from './election.ts'
import { createLeadership, type Leadership } from './leadership.ts'
import { findLeader, leaderSilentCode, openLine } from './line.ts'
import {
  createOwnEngine,
  type Role,
  type SharedEngine,
  type SharedEngineInit,
} from './own-engine.ts'
import { leaderGone, leaderGoneCode, replacedElsewhere, stepAsideCode } from './tab-error.ts'

/** Tabs are closed for good reasons, in a row as well; no work is to blame. */
const leaderChanges: RestartPolicy = {
  codes: [leaderGoneCode],
  maxRestarts: 30,
  windowMs: 5 * 60_000,
  blamesWork: false,
}

/** How long a leader that stepped aside keeps its place for the tab that asked for it. */
const stepAsideMs = 5_000
/** How long one load looks for a leader or becomes one, in changes of leaders. */
const maxChanges = 30

export function createSharedEngine(init: SharedEngineInit): SharedEngine {
  const { name, createEngine, deadlineMs = 10_000, onRestart = () => {}, onRole = () => {} } = init
  const { locks } = globalThis.navigator ?? {}
  if (!locks || !globalThis.BroadcastChannel) return createOwnEngine(init)

  const scope = `weft-engine-${name}`
  const holdName = `${scope}/held`
  const board = createBoard(scope)
  let wanted: LoadInit | undefined
  let leadership: Leadership | undefined
  let connection: Connection | undefined
  /** Whether `load` came to its end: `connection` leads to the model that is wanted. */
  let hasJoined = false
  let resigning: Promise<void> = Promise.resolve()
  /** Aborted when the way to the leader changes. */
  let looking = new AbortController()
  let lastRole: Role = 'none'

  const role = (): Role => (leadership ? 'leader' : connection ? 'follower' : 'none')
  const tellRole = (): void => {
    if (role() !== lastRole) onRole(role())
    lastRole = role()
  }
  const endLeadership = async (): Promise<void> => {
    const ended = leadership
    leadership = undefined
    await ended?.end()
  }
  /** With the lock in hand. */
  const lead = (): void => {
    if (!wanted) {
      election.withdraw()
      return
    }
    endLeadership()
    const led = createLeadership({
      scope,
      locks,
      model: wanted,
      createEngine,
      onRestart,
      isHeld: () => locks.request(holdName, { ifAvailable: true }, (lock) => lock === null),
      onFailure: (error) => {
        if (led === leadership) resign(WeftError.from(error, 'engine/failed', 'The load failed.'))
      },
      onStepAside: () => {
        const isWaiting = () => led === leadership && election.isLeader()
        setTimeout(() => isWaiting() && resign(replacedElsewhere()), stepAsideMs)
      },
    })
    leadership = led
    connection?.end(leaderGone())
    looking.abort()
    board.post({ type: 'leader', leaderId: led.leaderId, modelCid: led.modelCid })
    tellRole()
  }
  const election = createElection({
    locks,
    name: scope,
    onLead: lead,
    onLose() {
      if (leadership?.hasSteppedAside()) return resign(replacedElsewhere())
      connection?.end(leaderGone())
      endLeadership()
      tellRole()
    },
  })
  /** This tab wants no model any more; what it led goes to the next in line. */
  const resign = (reason: WeftError): void => {
    wanted = undefined
    hasJoined = false
    looking.abort()
    connection?.end(reason)
    connection = undefined
    resigning = endLeadership().finally(() => election.withdraw())
    tellRole()
  }
  board.listen((notice) => {
    if (notice.type === 'hello' && leadership && !leadership.hasSteppedAside()) {
      leadership.welcome(notice.clientId)
      const { leaderId } = leadership
      board.post({ type: 'welcome', clientId: notice.clientId, leaderId })
    }
    if (notice.type === 'leader' && wanted && !leadership) {
      const isSame = notice.modelCid === manifestCid(wanted.manifest)
      if (isSame || !hasJoined) connection?.end(leaderGone())
      else resign(replacedElsewhere())
    }
  })

  const connect = async (signal: AbortSignal | undefined): Promise<Connection> => {
    if (leadership) {
      const { port, close } = leadership.connect()
      return createConnection(port, close)
    }
    looking = new AbortController()
    return openLine({
      scope,
      board,
      locks,
      deadlineMs,
      signal: signal ? AbortSignal.any([looking.signal, signal]) : looking.signal,
    })
  }
  /** Takes the place of a leader that does not answer, unless one answers now. */
  const takeOver = (): Promise<void> =>
    locks.request(`${scope}/take-over`, async () => {
      const clientId = crypto.randomUUID()
      const { signal } = looking
      const found = findLeader(board, { clientId, deadlineMs: Math.min(deadlineMs, 1_000), signal })
      const isSilent = await found.then(
        () => false,
        (error) => codeOf(error) === leaderSilentCode,
      )
      if (isSilent && !election.isLeader()) await election.steal()
    })
  /** @returns whether to try again */
  const recover = async (error: unknown): Promise<boolean> => {
    switch (codeOf(error)) {
      case leaderGoneCode:
        return true
      case leaderSilentCode:
        await takeOver()
        return true
      case stepAsideCode:
        if (election.isLeader()) lead()
        else await election.steal()
        return true
      default:
        return codeOf(error) === 'protocol/cancelled' && looking.signal.aborted
    }
  }
  const load = async (model: LoadInit, options: LoadOptions = {}): Promise<LoadResult> => {
    const { manifest, backend } = model
    await resigning
    wanted = model
    hasJoined = false
    for (let changes = 0; ; changes++) {
      try {
        if (!election.isLeader() && !(await election.tryLead())) election.stand()
        const fresh = await connect(options.signal)
        connection?.end(replaced())
        connection = fresh
        const message = { manifest, backend, threads: null, split: null }
        const result = await fresh.call('load', message, options)
        hasJoined = true
        tellRole()
        return result
      } catch (error) {
        const mayTry = changes < maxChanges && !options.signal?.aborted && wanted === model
        if (mayTry && (await recover(error))) continue
        // A leader whose model others use goes on for them.
        if (leadership && leadership.model !== model) wanted = leadership.model
        else resign(notLoaded())
        throw error
      }
    }
  }
  const required = (): Connection => {
    if (!connection) throw notLoaded()
    return connection
  }
  const engine = createResilientEngine({
    policy: leaderChanges,
    onRestart,
    createEngine: () => ({
      ...callsOver(required),
      load,
      close: async () => connection?.end(notLoaded()),
    }),
  })
  return {
    ...engine,
    role,
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      locks.request(holdName, { mode: 'shared' }, () => promise)
      return resolve
    },
    async close() {
      await engine.close()
      resign(notLoaded())
      await resigning
    },
  }
}

function replaced(): WeftError {
  return new WeftError('engine/not-loaded', 'Another model was loaded in the meantime.')
}

function codeOf(error: unknown): string | undefined {
  return WeftError.is(error) ? error.code : undefined
}

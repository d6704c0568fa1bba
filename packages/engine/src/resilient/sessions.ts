/**
 * Which engine works now: one after the other, each loaded with the same model.
 * @module
 */
import { unlessAborted, WeftError } from '@weft/protocol'
import type { Engine, LoadInit, LoadOptions, LoadResult } from '../engine.ts'
import { notLoaded } from '../model/model-error.ts'

/** A fresh engine is being made. What runs goes on when it is there. */
export type Restart = {
  reason: WeftError
  /** One sentence for a screen. */
  message: string
  /** The fresh engine's load; rejects when it failed. */
  done: Promise<LoadResult>
}

export type RestartPolicy = {
  /** Failures, by code, after which a fresh engine is made. */
  codes: readonly string[]
  /** Restarts within `windowMs`; the next failure goes to all who wait. */
  maxRestarts: number
  windowMs: number
  /** Whether work that fails again at the same place is taken for the cause, and fails alone. */
  blamesWork: boolean
}

export type SessionsInit = {
  createEngine: () => Engine
  policy: RestartPolicy
  onRestart: (restart: Restart) => void
}

/** One engine and the model in it. A later session with the same `model` can take its work over. */
export type Session = { engine: Engine; model: LoadInit }

export type Sessions = {
  load(init: LoadInit, options?: LoadOptions): Promise<LoadResult>
  /** Waits for a load or restart under way. @throws WeftError `engine/not-loaded`, or why it failed */
  current(): Promise<Session>
  /** Starts a restart unless `failed` was replaced already. */
  replace(failed: Session, reason: WeftError): void
  isReplaced(session: Session): boolean
  /** The session that goes on with the work of `session`. @throws as `current` does */
  after(session: Session): Promise<Session>
  close(): Promise<void>
}

/** How long a failed engine may take to free what it holds before the next one is made. */
const closeMs = 5_000

export function createSessions({ createEngine, policy, onRestart }: SessionsInit): Sessions {
  /** The session that works, until it fails. */
  let working: Session | undefined
  /** The engine that loads use; none while a restart makes another. */
  let latest: Engine | undefined
  let current: Promise<Session> | undefined
  /** Aborted when a load or close makes a restart pointless. */
  let restarting = new AbortController()
  let restartTimes: number[] = []

  const become = (next: Promise<Session> | undefined): void => {
    current = next
    next?.catch(() => {}) // Whoever waits for it hears of it.
  }
  const takeRestart = (reason: WeftError): void => {
    const now = performance.now()
    restartTimes = restartTimes.filter((time) => now - time < policy.windowMs)
    if (restartTimes.length >= policy.maxRestarts) throw gaveUp(reason, policy)
    restartTimes.push(now)
  }
  const restart = async (failed: Session, firstReason: WeftError): Promise<Session> => {
    const { signal } = restarting
    const { model } = failed
    let { engine } = failed
    for (let reason = firstReason; ; ) {
      await closeWithin(engine, AbortSignal.any([signal, AbortSignal.timeout(closeMs)]))
      if (signal.aborted) throw replaced()
      takeRestart(reason)
      engine = createEngine()
      const done = engine.load(model, { signal })
      onRestart({ reason, message: sentenceOf(reason), done })
      try {
        await unlessAborted(done, signal, 'The restart')
        latest = engine
        working = { engine, model }
        return working
      } catch (error) {
        if (!signal.aborted && isRestartable(error, policy)) {
          reason = error
          continue
        }
        closeWithin(engine, AbortSignal.timeout(closeMs))
        throw signal.aborted ? replaced() : error
      }
    }
  }

  const untilReady = async (): Promise<Session> => {
    if (!current) throw notLoaded()
    return current
  }

  return {
    async load(model, options) {
      restarting.abort()
      restarting = new AbortController()
      restartTimes = []
      working = undefined
      latest ??= createEngine()
      const engine = latest
      const loading = engine.load(model, options)
      const session = loading.then(() => {
        const loaded = { engine, model }
        if (current === session) working = loaded
        return loaded
      })
      become(session)
      try {
        return await loading
      } catch (error) {
        if (current === session) become(undefined)
        throw error
      }
    },
    current: untilReady,
    replace(failed, reason) {
      if (failed !== working) return
      working = undefined
      latest = undefined
      become(restart(failed, reason))
    },
    isReplaced: (session) => session !== working,
    async after(session) {
      const next = await untilReady()
      if (next.model !== session.model) throw replaced()
      return next
    },
    async close() {
      restarting.abort()
      const engine = latest
      latest = undefined
      working = undefined
      become(undefined)
      await engine?.close()
    },
  }
}

export function isRestartable(error: unknown, { codes }: RestartPolicy): error is WeftError {
  return WeftError.is(error) && codes.includes(error.code)
}

/** A dead engine may never answer, and what it says about its end helps nobody. */
async function closeWithin(engine: Engine, signal: AbortSignal): Promise<void> {
  await unlessAborted(engine.close(), signal, 'Closing').catch(() => {})
}

function replaced(): WeftError {
  return new WeftError('engine/not-loaded', 'Another model was loaded in the meantime.')
}

const reasons: Record<string, string> = {
  'engine/device-lost': 'The graphics device was lost',
  'engine/out-of-memory': 'The engine ran out of memory',
  'engine/leader-gone': 'The tab that ran the engine is gone',
}

function sentenceOf({ code }: WeftError): string {
  const reason = reasons[code] ?? 'The engine stopped unexpectedly'
  return `${reason}; the model is being loaded again. Answers go on.`
}

/** Keeps the code of the last failure: it is what happened. */
function gaveUp(reason: WeftError, { maxRestarts, windowMs }: RestartPolicy): WeftError {
  const minutes = Math.round(windowMs / 60_000)
  return new WeftError(
    reason.code,
    `The engine stopped ${maxRestarts + 1} times within ${minutes} minutes and is not started again by itself. Load the model again, or choose the CPU backend or a smaller model.`,
    { facts: [reason.message, ...reason.facts], cause: reason },
  )
}

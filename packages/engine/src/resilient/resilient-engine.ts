/**
 * An engine that does not die: when the one inside fails, a fresh one loads the same model, and what
 * ran goes on where it stood. A consumer sees one unbroken answer.
 *
 * Whose work broke the engine is not known. So after a failure work starts again one by one, each
 * until its first new token; what fails twice at the same place is the cause, and fails alone.
 * @module
 */
import { unlessAborted, WeftError } from '@weft/protocol'
import type { Engine, GenerateInit, GeneratePart, WaitOptions } from '../engine.ts'
import { createTurns } from '../turns.ts'
import { type AnswerSoFar, createAnswer } from './answer-so-far.ts'
import {
  createSessions,
  isRestartable,
  type Restart,
  type RestartPolicy,
  type Session,
} from './sessions.ts'

export type ResilientEngineInit = {
  createEngine: () => Engine
  policy?: RestartPolicy
  /** Told at the begin of every restart. */
  onRestart?: (restart: Restart) => void
}

/** A device or a worker that died. More than three times in a row is no accident. */
const engineFailures: RestartPolicy = {
  codes: ['engine/crashed', 'engine/device-lost', 'engine/out-of-memory', 'engine/run-failed'],
  maxRestarts: 3,
  windowMs: 5 * 60_000,
  blamesWork: true,
}

export function createResilientEngine(init: ResilientEngineInit): Engine {
  const { createEngine, policy = engineFailures, onRestart = () => {} } = init
  const notify = (restart: Restart): void => {
    restart.done.catch(() => {})
    onRestart(restart)
  }
  const sessions = createSessions({ createEngine, policy, onRestart: notify })
  const acquire = createLock()

  /** Waits for this work's turn and for an engine. Work that failed keeps its turn until `leave`. */
  const enter = async (work: Work, { signal }: WaitOptions): Promise<Entry> => {
    const turn = acquire()
    try {
      const leave = await unlessAborted(turn, signal, 'The request')
      const next = work.session ? sessions.after(work.session) : sessions.current()
      const session = await unlessAborted(next, signal, 'The request')
      work.session = session
      if (work.failures === 0 || !policy.blamesWork) leave()
      return { session, leave }
    } catch (error) {
      turn.then((leave) => leave())
      throw error
    }
  }
  /** Makes sure of a fresh engine. @throws what ends this work */
  const settle = (work: Work, session: Session, error: unknown): void => {
    // An engine that is closed because of another's failure knows no model any more.
    const isNotLoaded = WeftError.is(error) && error.code === 'engine/not-loaded'
    if (isNotLoaded && sessions.isReplaced(session)) return
    if (!isRestartable(error, policy)) throw error
    sessions.replace(session, error)
    work.failures += 1
    if (policy.blamesWork && work.failures > 1) throw error
  }
  const ask = async <Result>(
    call: (engine: Engine) => Promise<Result>,
    options: WaitOptions = {},
  ): Promise<Result> => {
    const work: Work = { failures: 0 }
    for (;;) {
      const { session, leave } = await enter(work, options)
      try {
        return await call(session.engine)
      } catch (error) {
        settle(work, session, error)
      } finally {
        leave()
      }
    }
  }
  /** The rest of an answer by one engine; returns without an `end` when the next has to go on. */
  async function* attempt(
    work: Work,
    answer: AnswerSoFar,
    options: WaitOptions,
  ): AsyncGenerator<GeneratePart, void, undefined> {
    const { session, leave } = await enter(work, options)
    /** The consumer may take its time, which is nobody else's. */
    const held: GeneratePart[] = []
    try {
      for await (const part of session.engine.generate(answer.rest(), options)) {
        const fresh = answer.take(part)
        if (fresh) held.push(fresh)
        if (part.type === 'prefill-end' && work.failures > 0) continue
        leave()
        if (part.type === 'delta' && part.tokens.length > 0) work.failures = 0
        yield* held.splice(0)
        if (part.type === 'end') return
      }
      throw new WeftError('engine/crashed', 'The engine left an answer without its end.')
    } catch (error) {
      settle(work, session, error)
      yield* held
    } finally {
      leave()
    }
  }
  async function* generate(
    init: GenerateInit,
    options: WaitOptions,
  ): AsyncGenerator<GeneratePart, void, undefined> {
    const answer = createAnswer(init)
    const work: Work = { failures: 0 }
    try {
      while (!answer.isEnded()) yield* attempt(work, answer, options)
    } catch (error) {
      if (!options.signal?.aborted) throw error
      yield answer.cancelled()
    }
  }

  return {
    load: (loadInit, options) => sessions.load(loadInit, options),
    measurePrompt: (init) => ask((engine) => engine.measurePrompt(init)),
    generate: (generateInit, options = {}) => generate(generateInit, options),
    score: (inits, options) => ask((engine) => engine.score(inits, options), options),
    embed: (embedInit, options) => ask((engine) => engine.embed(embedInit, options), options),
    measure: (options) => ask((engine) => engine.measure(options), options),
    memory: () => ask((engine) => engine.memory()),
    close: () => sessions.close(),
  }
}

type Work = {
  /** In a row, at the same place. */
  failures: number
  /** What it ran on last. */
  session?: Session
}

type Entry = { session: Session; leave: () => void }

/** @returns what waits for the lock, first come first served, and resolves to what lets go of it */
function createLock(): () => Promise<() => void> {
  const takeTurn = createTurns()
  return () =>
    new Promise((hold) => {
      takeTurn(() => new Promise<void>((release) => hold(release)))
    })
}

/**
 * What a tab holds of the engine of its origin, and the same where tabs cannot share one.
 * @module
 */
import type { Engine } from '../engine.ts'
import { createResilientEngine } from '../resilient/resilient-engine.ts'
import type { Restart } from '../resilient/sessions.ts'

export type SharedEngineInit = {
  /** Tabs of an origin that give the same name share one engine. */
  name: string
  /** Makes an engine of this tab's own, should it lead. */
  createEngine: () => Engine
  /** How long the leader may be silent before another tab takes over, default 10 s. */
  deadlineMs?: number
  /** This tab's engine, or its leader, is replaced; answers go on. */
  onRestart?: (restart: Restart) => void
  onRole?: (role: Role) => void
}

/** `leader`: the engine runs in this tab. `follower`: in another one. `none`: no model is loaded. */
export type Role = 'leader' | 'follower' | 'none'

/**
 * `load` joins what is loaded already, if it is the same model on an allowed backend, without asking
 * for files; another model is replaced when no other tab has work on it and no tab holds it.
 * @throws WeftError `engine/held-elsewhere` by `load`, else as any Engine
 */
export type SharedEngine = Engine & {
  role(): Role
  /** Keeps other tabs from replacing the model. @returns what lets go */
  hold(): () => void
}

/** Without Web Locks tabs cannot find each other: each has an engine of its own. */
export function createOwnEngine({
  createEngine,
  onRestart,
  onRole,
}: SharedEngineInit): SharedEngine {
  const engine = createResilientEngine({ createEngine, ...(onRestart ? { onRestart } : {}) })
  let role: Role = 'none'
  const become = (next: Role): void => {
    if (next !== role) onRole?.(next)
    role = next
  }
  return {
    ...engine,
    async load(model, options) {
      const result = await engine.load(model, options)
      become('leader')
      return result
    },
    async close() {
      await engine.close()
      become('none')
    },
    role: () => role,
    hold: () => () => {},
  }
}

/**
 * The engine of an origin, in the tab that leads: it serves this tab and all others alike, each over a
 * line of its own.
 * @module
 */
import { manifestCid, unlessAborted } from '@weft/protocol'
import type { Engine, LoadInit, LoadOptions, LoadResult, LoadStage } from '../engine.ts'
import { createResilientEngine } from '../resilient/resilient-engine.ts'
import type { Restart } from '../resilient/sessions.ts'
import type { Host } from '../worker/host-calls.ts'
import { type HostEngineInit, hostEngine } from '../worker/host-engine.ts'
import type { Port } from '../worker/port-calls.ts'
import { lineName } from './board.ts'
import { heldElsewhere, stepAside } from './tab-error.ts'

export type LeadershipInit = {
  scope: string
  locks: LockManager
  /** What this tab would load; loaded when the first tab asks for it. */
  model: LoadInit
  createEngine: () => Engine
  onRestart: (restart: Restart) => void
  /** Whether some tab keeps the model from being replaced. */
  isHeld: () => Promise<boolean>
  /** The model could not be loaded here. */
  onFailure: (error: unknown) => void
  /** The model was given up; whoever asked for another one takes the lead. */
  onStepAside: () => void
}

export type Leadership = {
  readonly leaderId: string
  readonly modelCid: string
  readonly model: LoadInit
  /** Whether the model was given up for another one. */
  hasSteppedAside(): boolean
  /** The line of this tab itself. */
  connect(): { port: Port; close: () => void }
  /** Opens the line of another tab, if it is not open yet; its jobs stop when that tab is gone. */
  welcome(clientId: string): void
  end(): Promise<void>
}

type Line = { host: Host; close: () => void }

export function createLeadership(init: LeadershipInit): Leadership {
  const { scope, locks, model, createEngine, onRestart, isHeld, onFailure, onStepAside } = init
  const leaderId = crypto.randomUUID()
  const modelCid = manifestCid(model.manifest)
  const engine = createResilientEngine({ createEngine, onRestart })
  const stages = new Set<(stage: LoadStage) => void>()
  const lines = new Set<Line>()
  const linesOfTabs = new Map<string, Line>()
  let opening: Promise<LoadResult> | undefined
  let hasSteppedAside = false

  const open = (): Promise<LoadResult> => {
    const onStage = (stage: LoadStage) => {
      for (const listener of stages) listener(stage)
    }
    const opened = engine.load(model, { onStage })
    opened.catch(onFailure)
    return opened
  }
  /** What is loaded; loads first, and again when the engine was given up after too many failures. */
  const openWorking = async (): Promise<LoadResult> => {
    const previous = opening
    const works = await previous
      ?.then(() => engine.memory())
      .then(
        () => true,
        () => false,
      )
    if (!works && opening === previous) opening = open()
    return opening as Promise<LoadResult>
  }
  const join = async ({ onStage, signal }: LoadOptions): Promise<LoadResult> => {
    if (onStage) stages.add(onStage)
    try {
      return await unlessAborted(openWorking(), signal, 'Loading')
    } finally {
      if (onStage) stages.delete(onStage)
    }
  }
  /** @throws WeftError `engine/held-elsewhere`, `engine/step-aside` */
  const admit = async (line: Line, wanted: LoadInit, options: LoadOptions): Promise<LoadResult> => {
    if (manifestCid(wanted.manifest) === modelCid) {
      const result = await join(options)
      if (wanted.backend === 'auto' || wanted.backend === result.engine.backend) return result
    }
    const isUsed = [...lines].some((other) => other !== line && other.host.running() > 0)
    if (isUsed || (await isHeld())) throw heldElsewhere(model.manifest.name)
    hasSteppedAside = true
    onStepAside()
    await engine.close()
    throw stepAside()
  }
  const openLine = (port: HostEngineInit['port'], close: () => void): Line => {
    const line: Line = {
      host: hostEngine({
        port,
        createEngine: () => ({
          ...engine,
          load: (wanted, options = {}) => admit(line, wanted, options),
          close: async () => {},
        }),
      }),
      close() {
        lines.delete(line)
        line.host.end()
        close()
      },
    }
    lines.add(line)
    return line
  }

  return {
    leaderId,
    modelCid,
    model,
    hasSteppedAside: () => hasSteppedAside,
    connect() {
      const { port1, port2 } = new MessageChannel()
      const line = openLine(port2, () => port2.close())
      port2.onmessage = ({ data }) => line.host.receive(data)
      return {
        port: port1,
        close() {
          port1.close()
          line.close()
        },
      }
    },
    welcome(clientId) {
      if (linesOfTabs.has(clientId)) return
      const channel = new BroadcastChannel(lineName(scope, { leaderId, clientId }))
      const watch = new AbortController()
      const line = openLine(channel, () => {
        linesOfTabs.delete(clientId)
        watch.abort()
        channel.close()
      })
      linesOfTabs.set(clientId, line)
      channel.onmessage = ({ data }) => line.host.receive(data)
      // A tab holds its lock as long as it lives and listens.
      locks
        .request(clientLock(scope, clientId), { signal: watch.signal }, () => line.close())
        .catch(() => {})
    },
    async end() {
      for (const line of [...lines]) line.close()
      await engine.close()
    },
  }
}

/** Held by a tab that is served, so that the leader learns of its end. */
export function clientLock(scope: string, clientId: string): string {
  return `${scope}/client/${clientId}`
}

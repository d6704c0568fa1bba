/**
 * The contributor's switch: prepares a model, announces it, serves it, and says what happens.
 * @module
 */
import type { Network } from '@weft/network'
import type { Payee } from '@weft/payments'
import { type PrivateKey, WeftError } from '@weft/protocol'
import { beginServing, isSameTerms, type Served, termsOf } from './begin-serving.ts'
import { type CatalogueEntry, findEntry } from './catalogue.ts'
import { type Cell, createCell } from './cell.ts'
import { restingSentence } from './job-view.ts'
import type { DecodePace } from './pausing/decode-pace.ts'
import type { Pause } from './pausing/pause-policy.ts'
import type { PauseWatch } from './pausing/pause-watch.ts'
import { mayServeAgain } from './pausing/stay-awake.ts'
import type { GivenClaim } from './serve.ts'
import type { NodeState, ServeChoice, ServedJob, ServingNode } from './tab.ts'
import type { TabEngine } from './tab-engine.ts'

export type ServingNodeInit = {
  catalogue: CatalogueEntry[]
  tabEngine: TabEngine
  network: Network
  privateKey: PrivateKey
  /** Called while the person wants to serve, paused or not. @returns ends that */
  attend: () => () => void
  pausing: PauseWatch
  /** Not null while what is ready cannot answer for now. */
  obstacle?: Cell<Pause | null>
  pace: DecodePace
  /** Whether it has paid work now. */
  onEarning?: (isEarning: boolean) => void
  /** What it has signed. */
  onAnswer?: (claim: GivenClaim) => void
  /** Who earns where there is a price. */
  payee?: () => Payee | null
}

type Serving = Served & { choice: ServeChoice }

/** An engine that breaks twice within this time is not started a third time by itself. */
const recoveryPauseMs = 60_000

export const offState: NodeState = {
  phase: 'off',
  sentence: 'This device does not serve.',
  pause: null,
  modelCid: null,
  jobs: [],
  waiting: 0,
  tokensPerSecond: 0,
  tokensServed: 0,
  jobsServed: 0,
}

export function createServingNode(init: ServingNodeInit): ServingNode {
  const { network, tabEngine, catalogue, pausing } = init
  const state = createCell<NodeState>(offState)
  const change = (part: Partial<NodeState>) => state.set({ ...state.get(), ...part })
  const pauseNow = () => pausing.pause.get() ?? init.obstacle?.get() ?? null
  /** Of a serving node: what it does, unless it is paused. */
  const changeServing = (part: Partial<NodeState>) => {
    const pause = pauseNow()
    const running = (part.jobs ?? state.get().jobs).filter(isRunning).length
    change(part.phase && pause ? { ...part, ...paused(pause, running) } : { ...part, pause })
  }
  /** What the person wants served, now or after a pause. */
  let wanted: { choice: ServeChoice; leave: () => void } | undefined
  let serving: Serving | undefined
  /** Settles when nothing is left of what was served last. */
  let ending: Promise<void> = Promise.resolve()
  /** Of the last start or stop: it aborts the one before, which goes no further. */
  let latest = new AbortController()
  let recoveredAtMs = Number.NEGATIVE_INFINITY

  network.onStatus(() => {
    if (state.get().phase === 'idle') change({ sentence: restingSentence(network) })
  })
  tabEngine.state.subscribe(() => {
    const now = tabEngine.state.get()
    if (!serving) return
    const { choice, terms } = serving
    if (now.phase === 'failed') void recover(choice, now.error.message)
    if (now.phase === 'ready' && !isSameTerms(terms, termsOf(now, choice))) {
      start(choice, engineChanged()).catch(() => {}) // The state says what failed.
    }
  })

  pausing.pause.subscribe(() => {
    if (serving) return serving.setPaused(pauseNow() !== null)
    const pause = pausing.pause.get()
    if (!wanted) return
    if (!pause) return void start(wanted.choice).catch(() => {}) // The state says what failed.
    supersede()
    change(paused(pause, 0))
  })

  // Before it serves, loading waits for what is missing, or fails.
  init.obstacle?.subscribe(() => serving?.setPaused(pauseNow() !== null))

  function want(choice: ServeChoice | undefined): void {
    const leave = wanted?.leave
    if (choice) wanted = { choice, leave: leave ?? init.attend() }
    else {
      wanted = undefined
      leave?.()
    }
  }

  function supersede(): AbortSignal {
    latest.abort()
    latest = new AbortController()
    return latest.signal
  }

  /** Takes nothing more from now on. @returns when all that was served has ended */
  function endServing(reason?: WeftError): Promise<void> {
    if (serving) ending = serving.end(reason)
    serving = undefined
    return ending
  }

  /** @param reason - told to the clients of running jobs */
  async function start(choice: ServeChoice, reason?: WeftError): Promise<void> {
    const signal = supersede()
    want(choice)
    await Promise.all([endServing(reason), pausing.ready])
    if (signal.aborted) return
    const { modelCid, backend } = choice
    const pause = pausing.pause.get()
    if (pause) return change({ ...paused(pause, 0), modelCid })
    const sentence = 'Preparing the model on this device.'
    change({ phase: 'preparing', sentence, modelCid, pause })
    try {
      await tabEngine.prepare(modelCid, backend, { signal })
      if (signal.aborted) return
      const entry = findEntry(catalogue, modelCid)
      serving = { choice, ...beginServing({ ...init, choice }, entry, state.get, changeServing) }
      if (pauseNow()) serving.setPaused(true)
    } catch (error) {
      if (signal.aborted) return
      want(undefined)
      const { message } = WeftError.from(error, 'sdk/start', 'Serving could not start.')
      change({ phase: 'failed', sentence: message })
      throw error
    }
  }

  /** A broken engine is loaded again once; when that does not hold, a person has to look. */
  async function recover(choice: ServeChoice, reason: string): Promise<void> {
    const isFirst = performance.now() - recoveredAtMs > recoveryPauseMs
    recoveredAtMs = performance.now()
    if (isFirst) return start(choice).catch(() => {})
    const signal = supersede()
    want(undefined)
    await endServing()
    if (signal.aborted) return
    change({ phase: 'failed', sentence: `${reason} It failed again after a new start.` })
  }

  return {
    state,
    policy: pausing.policy,
    setPolicy: pausing.setPolicy,
    mayServeAgain,
    start: (choice) => start(choice),
    async stop() {
      const signal = supersede()
      want(undefined)
      await endServing()
      if (signal.aborted) return
      const { tokensServed, jobsServed, jobs } = state.get()
      state.set({ ...offState, tokensServed, jobsServed, jobs })
    },
  }
}

const isRunning = ({ state }: ServedJob): boolean => state === 'running'

function paused(pause: Pause, running: number): Partial<NodeState> {
  const rest = running === 1 ? 'One answer is' : `${running} answers are`
  const sentence = running > 0 ? `${pause.sentence} ${rest} being finished.` : pause.sentence
  return { phase: 'paused', pause, sentence, ...(running === 0 ? { tokensPerSecond: 0 } : {}) }
}

function engineChanged(): WeftError {
  return new WeftError(
    'sdk/engine-changed',
    'Its engine restarted as another one than it had quoted. What has arrived is yours.',
  )
}

/**
 * The contributor's switch: prepares a model, announces it, serves it, and says what happens.
 * @module
 */
import type { BackendChoice } from '@weft/engine'
import type { Network } from '@weft/network'
import { type EngineInfo, freePrice, type PrivateKey, WeftError } from '@weft/protocol'
import { type CatalogueEntry, findEntry } from './catalogue.ts'
import { createCell } from './cell.ts'
import { createJobView, restingSentence } from './job-view.ts'
import { isSameEngine } from './same-engine.ts'
import { serve } from './serve.ts'
import type { EngineState, NodeState, ServingNode } from './tab.ts'
import type { TabEngine } from './tab-engine.ts'

export type ServingNodeInit = {
  catalogue: CatalogueEntry[]
  tabEngine: TabEngine
  network: Network
  privateKey: PrivateKey
  /** Keeps the browser from putting this tab to sleep. @returns lets it */
  stayAwake: () => () => void
}

type ServeChoice = { modelCid: string; backend: BackendChoice }
/** What registrations, quotes and receipts say of the engine. */
type Terms = { engineInfo: EngineInfo; maxJobs: number }
type Serving = {
  choice: ServeChoice
  terms: Terms
  end: (reason: WeftError | undefined) => Promise<void>
}

/** Jobs at the same time where the device computes one token after the other: they take turns. */
const leastJobs = 4
/** An engine that breaks twice within this time is not started a third time by itself. */
const recoveryPauseMs = 60_000

const offState: NodeState = {
  phase: 'off',
  sentence: 'This device does not serve. Switch Serve on to answer prompts of other tabs.',
  modelCid: null,
  jobs: [],
  tokensPerSecond: 0,
  tokensServed: 0,
  jobsServed: 0,
}

export function createServingNode(init: ServingNodeInit): ServingNode {
  const { network, tabEngine, catalogue } = init
  const state = createCell<NodeState>(offState)
  const change = (part: Partial<NodeState>) => state.set({ ...state.get(), ...part })
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
    if (now.phase === 'ready' && !isSameTerms(terms, termsOf(now))) {
      start(choice, engineChanged()).catch(() => {}) // The state says what failed.
    }
  })

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
    await endServing(reason)
    if (signal.aborted) return
    const { modelCid, backend } = choice
    change({ phase: 'preparing', sentence: 'Preparing the model on this device.', modelCid })
    try {
      await tabEngine.prepare(modelCid, backend, { signal })
      if (signal.aborted) return
      serving = { choice, ...beginServing(init, findEntry(catalogue, modelCid), state.get, change) }
    } catch (error) {
      if (signal.aborted) return
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
    await endServing()
    if (signal.aborted) return
    change({ phase: 'failed', sentence: `${reason} It failed again after a new start.` })
  }

  return {
    state,
    start: (choice) => start(choice),
    async stop() {
      const signal = supersede()
      await endServing()
      if (signal.aborted) return
      const { tokensServed, jobsServed, jobs } = state.get()
      state.set({ ...offState, tokensServed, jobsServed, jobs })
    },
  }
}

function beginServing(
  init: ServingNodeInit,
  { manifest, modelCid }: CatalogueEntry,
  get: () => NodeState,
  change: (part: Partial<NodeState>) => void,
): Pick<Serving, 'terms' | 'end'> {
  const { network, tabEngine, privateKey } = init
  const ready = tabEngine.state.get()
  if (ready.phase !== 'ready') throw new WeftError('sdk/start', 'The model is not ready.')
  const terms = termsOf(ready)
  const { engineInfo, maxJobs } = terms
  const release = tabEngine.hold()
  const sleep = init.stayAwake()
  const announcement = network.announce({
    models: [
      {
        modelCid,
        price: freePrice,
        engine: engineInfo,
        tokensPerSecond: ready.speed.decodeTokensPerSecond,
      },
    ],
    maxJobs,
  })
  const view = createJobView({ network, announcement, get, change })
  const stopServing = serve({
    network,
    engine: tabEngine.engine,
    privateKey,
    manifest,
    engineInfo,
    price: freePrice,
    maxJobs,
    onEvent: view.onEvent,
  })
  change({ phase: 'idle', sentence: restingSentence(network) })
  return {
    terms,
    async end(reason) {
      await Promise.all([stopServing(reason), announcement.stop()])
      view.end()
      release()
      sleep()
    },
  }
}

function termsOf({ result }: Extract<EngineState, { phase: 'ready' }>): Terms {
  const { engine: engineInfo, capabilities } = result
  return { engineInfo, maxJobs: Math.max(leastJobs, capabilities.batchSize) }
}

function isSameTerms(a: Terms, b: Terms): boolean {
  return a.maxJobs === b.maxJobs && isSameEngine(a.engineInfo, b.engineInfo)
}

function engineChanged(): WeftError {
  return new WeftError(
    'sdk/engine-changed',
    'Its engine restarted as another one than it had quoted. What has arrived is yours.',
  )
}

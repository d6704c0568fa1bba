/**
 * The contributor's switch: prepares a model, announces it, serves it, and says what happens.
 * @module
 */
import type { BackendChoice } from '@weft/engine'
import type { Network } from '@weft/network'
import { freePrice, type PrivateKey, WeftError } from '@weft/protocol'
import { type CatalogueEntry, findEntry } from './catalogue.ts'
import { createCell } from './cell.ts'
import { createJobView, restingSentence } from './job-view.ts'
import { serve } from './serve.ts'
import type { NodeState, ServingNode } from './tab.ts'
import type { TabEngine } from './tab-engine.ts'

export type ServingNodeInit = {
  catalogue: CatalogueEntry[]
  tabEngine: TabEngine
  network: Network
  privateKey: PrivateKey
}

type ServeChoice = { modelCid: string; backend: BackendChoice }
type Serving = { choice: ServeChoice; end: () => Promise<void> }

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
  let starting: AbortController | undefined
  let recoveredAtMs = Number.NEGATIVE_INFINITY

  network.onStatus(() => {
    if (state.get().phase === 'idle') change({ sentence: restingSentence(network) })
  })
  tabEngine.state.subscribe(() => {
    const now = tabEngine.state.get()
    if (now.phase === 'failed' && serving) void recover(serving, now.error.message)
  })

  async function endServing(): Promise<void> {
    const { end } = serving ?? {}
    serving = undefined
    await end?.()
  }

  async function start(choice: ServeChoice): Promise<void> {
    starting?.abort()
    await endServing()
    const { modelCid, backend } = choice
    const controller = new AbortController()
    starting = controller
    change({ phase: 'preparing', sentence: 'Preparing the model on this device.', modelCid })
    try {
      await tabEngine.prepare(modelCid, backend, { signal: controller.signal })
      const end = beginServing(init, findEntry(catalogue, modelCid), state.get, change)
      serving = { choice, end }
    } catch (error) {
      if (controller.signal.aborted) return
      const { message } = WeftError.from(error, 'sdk/start', 'Serving could not start.')
      change({ phase: 'failed', sentence: message })
      throw error
    } finally {
      if (starting === controller) starting = undefined
    }
  }

  /** A broken engine is loaded again once; when that does not hold, a person has to look. */
  async function recover({ choice }: Serving, reason: string): Promise<void> {
    const isFirst = performance.now() - recoveredAtMs > recoveryPauseMs
    recoveredAtMs = performance.now()
    if (isFirst) return start(choice).catch(() => {})
    await endServing()
    change({ phase: 'failed', sentence: `${reason} It failed again after a new start.` })
  }

  return {
    state,
    start,
    async stop() {
      starting?.abort()
      await endServing()
      state.set({ ...offState, ...totals(state.get()) })
    },
  }
}

function beginServing(
  init: ServingNodeInit,
  { manifest, modelCid }: CatalogueEntry,
  get: () => NodeState,
  change: (part: Partial<NodeState>) => void,
): () => Promise<void> {
  const { network, tabEngine, privateKey } = init
  const ready = tabEngine.state.get()
  if (ready.phase !== 'ready') throw new WeftError('sdk/start', 'The model is not ready.')
  const { engine: engineInfo, capabilities } = ready.result
  const maxJobs = Math.max(leastJobs, capabilities.batchSize)
  const release = tabEngine.hold()
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
  return async () => {
    await Promise.all([stopServing(), announcement.stop()])
    view.end()
    release()
  }
}

function totals({ tokensServed, jobsServed, jobs }: NodeState): Partial<NodeState> {
  const ended = jobs.map((job) =>
    job.state === 'running' ? { ...job, state: 'cancelled' as const } : job,
  )
  return { tokensServed, jobsServed, jobs: ended }
}

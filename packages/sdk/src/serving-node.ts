/**
 * The contributor's switch: prepares a model, announces it, serves it, and says what happens.
 * @module
 */
import type { Engine } from '@weft/engine'
import type { AnnouncementHandle, Network } from '@weft/network'
import { freePrice, type PrivateKey, WeftError } from '@weft/protocol'
import type { CatalogueEntry } from './catalogue.ts'
import { createCell } from './cell.ts'
import { findEntry } from './models.ts'
import { createRateMeter } from './rate-meter.ts'
import { type ServeEvent, serve } from './serve.ts'
import type { Models, NodeState, ServedJob, ServingNode } from './tab.ts'

export type ServingNodeInit = {
  catalogue: CatalogueEntry[]
  models: Models
  network: Network
  engine: Engine
  privateKey: PrivateKey
}

/** Jobs at the same time: they take turns, so more would only make each of them slow. */
const maxJobs = 4
/** Jobs that stay in the list after their end. */
const maxJobsShown = 20

const offState: NodeState = {
  phase: 'off',
  sentence: 'This device does not serve. Switch Serve on to answer prompts of other tabs.',
  modelCid: null,
  jobs: [],
  tokensPerSecond: 0,
  tokensServed: 0,
  jobsServed: 0,
}

const idleSentence = 'Ready and registered. Waiting for a prompt from another tab.'
const offlineSentence =
  'Ready, but no relay can be reached, so nobody finds this tab. It keeps trying by itself.'

export function createServingNode(init: ServingNodeInit): ServingNode {
  const { network, models } = init
  const state = createCell<NodeState>(offState)
  const change = (part: Partial<NodeState>) => state.set({ ...state.get(), ...part })
  let stopServing: (() => Promise<void>) | undefined
  let starting: AbortController | undefined

  network.onStatus(() => {
    if (state.get().phase === 'idle') change({ sentence: restingSentence(network) })
  })

  async function stop(): Promise<void> {
    starting?.abort()
    const end = stopServing
    stopServing = undefined
    await end?.()
    state.set({ ...offState, ...totals(state.get()) })
  }

  return {
    state,
    stop,
    async start({ modelCid, backend }) {
      await stop()
      const controller = new AbortController()
      starting = controller
      change({ phase: 'preparing', sentence: 'Preparing the model on this device.', modelCid })
      try {
        await models.prepare(modelCid, backend, { signal: controller.signal })
        stopServing = beginServing(init, findEntry(init.catalogue, modelCid), state.get, change)
      } catch (error) {
        if (controller.signal.aborted) return
        const { message } = WeftError.from(error, 'sdk/start', 'Serving could not start.')
        change({ phase: 'failed', sentence: message })
        throw error
      } finally {
        if (starting === controller) starting = undefined
      }
    },
  }
}

function beginServing(
  init: ServingNodeInit,
  { manifest, modelCid }: CatalogueEntry,
  get: () => NodeState,
  change: (part: Partial<NodeState>) => void,
): () => Promise<void> {
  const { network, engine, models, privateKey } = init
  const ready = models.engine.get()
  if (ready.phase !== 'ready') throw new WeftError('sdk/start', 'The model is not ready.')
  const engineInfo = ready.result.engine
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
  const stopHandling = serve({
    network,
    engine,
    privateKey,
    manifest,
    engineInfo,
    price: freePrice,
    maxJobs,
    onEvent: view.onEvent,
  })
  change({ phase: 'idle', sentence: restingSentence(network) })
  return async () => {
    stopHandling()
    view.end()
    await announcement.stop()
  }
}

type JobViewInit = {
  network: Network
  announcement: AnnouncementHandle
  get: () => NodeState
  change: (part: Partial<NodeState>) => void
}

/** Turns serve events into what a contributor sees. */
function createJobView({ network, announcement, get, change }: JobViewInit) {
  const meter = createRateMeter()
  let ended = false

  function replaceJob(id: string, update: (job: ServedJob) => ServedJob): void {
    change({ jobs: get().jobs.map((job) => (job.id === id ? update(job) : job)) })
  }

  function settle(): void {
    const running = get().jobs.filter(({ state }) => state === 'running').length
    announcement.setActiveJobs(running)
    if (running > 0) {
      const what = running === 1 ? 'one prompt' : `${running} prompts`
      change({ phase: 'working', sentence: `Answering ${what} for other tabs.` })
    } else {
      change({ phase: 'idle', sentence: restingSentence(network), tokensPerSecond: 0 })
    }
  }

  function onEvent(event: ServeEvent): void {
    if (ended) return
    const nowMs = Date.now()
    if (event.type === 'job-start') {
      const { id, clientPeerId, inputTokens } = event
      const job: ServedJob = {
        id,
        clientPeerId,
        startedAtMs: nowMs,
        inputTokens,
        outputTokens: 0,
        tokensPerSecond: 0,
        state: 'running',
      }
      change({ jobs: [job, ...get().jobs].slice(0, maxJobsShown) })
      settle()
    } else if (event.type === 'job-delta') {
      replaceJob(event.id, (job) => {
        const outputTokens = job.outputTokens + event.tokens
        const seconds = Math.max(nowMs - job.startedAtMs, 1) / 1000
        return { ...job, outputTokens, tokensPerSecond: outputTokens / seconds }
      })
      change({
        tokensServed: get().tokensServed + event.tokens,
        tokensPerSecond: meter.push(event.tokens, nowMs),
      })
    } else {
      replaceJob(event.id, (job) => ({ ...job, state: event.state }))
      if (event.state === 'done') change({ jobsServed: get().jobsServed + 1 })
      settle()
    }
  }

  return {
    onEvent,
    end() {
      ended = true
    },
  }
}

function restingSentence(network: Network): string {
  const online = network.status().relays.some(({ state }) => state === 'online')
  return online ? idleSentence : offlineSentence
}

function totals({ tokensServed, jobsServed, jobs }: NodeState): Partial<NodeState> {
  const ended = jobs.map((job) =>
    job.state === 'running' ? { ...job, state: 'cancelled' as const } : job,
  )
  return { tokensServed, jobsServed, jobs: ended }
}

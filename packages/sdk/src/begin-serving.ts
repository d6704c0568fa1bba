/**
 * What a tab does while it serves: announced, it answers.
 * @module
 */
import type { AnnouncementHandle } from '@weft/network'
import { type EngineInfo, freePrice, WeftError, type WireError } from '@weft/protocol'
import type { CatalogueEntry } from './catalogue.ts'
import { chargeOf } from './charge.ts'
import { createJobView } from './job-view.ts'
import { watchSteps } from './pausing/decode-pace.ts'
import { isSameEngine } from './same-engine.ts'
import { serve } from './serve.ts'
import type { ServingNodeInit } from './serving-node.ts'
import type { EngineState, NodeState, ServeChoice } from './tab.ts'

type BeginServingInit = ServingNodeInit & { choice: ServeChoice }

/** What registrations, quotes and receipts say of the engine. */
type Terms = { engineInfo: EngineInfo; maxJobs: number }

export type Served = {
  terms: Terms
  /** Paused: unregistered, takes nothing new, and what runs goes on. */
  setPaused: (isPaused: boolean) => void
  end: (reason: WeftError | undefined) => Promise<void>
}

/** Jobs at the same time where the device computes one token after the other: they take turns. */
const leastJobs = 4
export function beginServing(
  init: BeginServingInit,
  { manifest, modelCid }: CatalogueEntry,
  get: () => NodeState,
  change: (part: Partial<NodeState>) => void,
): Served {
  const { network, tabEngine, privateKey, pace } = init
  const ready = tabEngine.state.get()
  if (ready.phase !== 'ready') throw new WeftError('sdk/start', 'The model is not ready.')
  const terms = termsOf(ready, init.choice)
  const { decodeTokensPerSecond: tokensPerSecond } = ready.speed
  const payee = init.payee?.() ?? null
  const charge = chargeOf({ price: init.choice.price, payee, tokensPerSecond })
  const price = charge?.price ?? freePrice
  const { engineInfo, maxJobs } = terms
  const release = tabEngine.hold()
  const announce = () => {
    const models = [{ modelCid, price, engine: engineInfo, tokensPerSecond }]
    return network.announce({ models, maxJobs })
  }
  let activeJobs = 0
  let announcement: AnnouncementHandle | null = announce()
  const view = createJobView({
    network,
    announcement: {
      setActiveJobs(count) {
        activeJobs = count
        init.onEarning?.(charge !== null && count > 0)
        announcement?.setActiveJobs(count)
      },
    },
    get,
    change,
  })
  const stopServing = serve({
    network: {
      handleJobs: (handler) =>
        network.handleJobs(async (incoming) =>
          announcement ? handler(incoming) : incoming.refuse(pausedHere),
        ),
    },
    engine: {
      measurePrompt: (measured) => tabEngine.engine.measurePrompt(measured),
      ...watchSteps(tabEngine.engine, { tokensPerSecond, onStep: pace.push }),
    },
    privateKey,
    manifest,
    engineInfo,
    charge,
    maxJobs,
    tokensPerSecond,
    onEvent: view.onEvent,
    ...(init.onAnswer ? { onAnswer: init.onAnswer } : {}),
  })
  view.settle()
  return {
    terms,
    setPaused(isPaused) {
      if (isPaused) {
        void announcement?.stop()
        announcement = null
      } else if (!announcement) {
        announcement = announce()
        announcement.setActiveJobs(activeJobs)
      }
      view.settle()
    },
    async end(reason) {
      init.onEarning?.(false)
      await Promise.all([stopServing(reason), announcement?.stop()])
      view.end()
      release()
    },
  }
}

/** For a client that still has an old registration. */
const pausedHere: WireError = {
  code: 'sdk/paused',
  message: 'This tab is paused and takes no jobs now. Ask another one.',
}

export function termsOf(
  { result }: Extract<EngineState, { phase: 'ready' }>,
  { maxJobs }: ServeChoice,
): Terms {
  const { engine: engineInfo, capabilities } = result
  return { engineInfo, maxJobs: maxJobs ?? Math.max(leastJobs, capabilities.batchSize) }
}

export function isSameTerms(a: Terms, b: Terms): boolean {
  return a.maxJobs === b.maxJobs && isSameEngine(a.engineInfo, b.engineInfo)
}

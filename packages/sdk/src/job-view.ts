/**
 * Turns what happens to jobs into what a contributor sees.
 * @module
 */
import type { AnnouncementHandle, Network } from '@weft/network'
import { createRateMeter } from './rate-meter.ts'
import type { ServeEvent } from './serve.ts'
import type { NodeState, ServedJob } from './tab.ts'

/** Jobs that stay in the list after their end. */
const maxJobsShown = 20
/** Not at each token: drawing it would take the page's time from the answers. */
const showEveryMs = 100
const idleSentence = 'Ready and registered. Waiting for a prompt from another tab.'
const offlineSentence =
  'Ready, but no relay can be reached, so nobody finds this tab. It keeps trying by itself.'

export type JobViewInit = {
  network: Network
  announcement: Pick<AnnouncementHandle, 'setActiveJobs'>
  get: () => NodeState
  change: (part: Partial<NodeState>) => void
}

export function createJobView({ network, announcement, get, change }: JobViewInit) {
  const meter = createRateMeter()
  let ended = false
  /** Tokens by job that are not in the state yet. */
  const unseen = new Map<string, number>()
  let shownAtMs = 0

  function replaceJob(id: string, update: (job: ServedJob) => ServedJob): void {
    change({ jobs: get().jobs.map((job) => (job.id === id ? update(job) : job)) })
  }

  function showTokens(nowMs: number): void {
    if (unseen.size === 0) return
    const tokens = [...unseen.values()].reduce((sum, count) => sum + count, 0)
    const jobs = get().jobs.map((job) => {
      const outputTokens = job.outputTokens + (unseen.get(job.id) ?? 0)
      const seconds = Math.max(nowMs - job.startedAtMs, 1) / 1000
      return unseen.has(job.id)
        ? { ...job, outputTokens, tokensPerSecond: outputTokens / seconds }
        : job
    })
    unseen.clear()
    shownAtMs = nowMs
    change({
      jobs,
      tokensServed: get().tokensServed + tokens,
      tokensPerSecond: meter.push(tokens, nowMs),
    })
  }

  function settle(): void {
    const running = get().jobs.filter(({ state }) => state === 'running').length
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
    if (event.type === 'queue-change') {
      // Both count: who looks for a free node has to see how many are before it.
      announcement.setActiveJobs(event.running + event.waiting)
      change({ waiting: event.waiting })
    } else if (event.type === 'job-start') {
      const { id, clientPeerId, inputTokens } = event
      const job: ServedJob = {
        id,
        clientPeerId,
        startedAtMs: nowMs,
        inputTokens,
        outputTokens: 0,
        tokensPerSecond: 0,
        costWei: 0n,
        state: 'running',
      }
      const jobs = [job, ...get().jobs]
      change({ jobs: jobs.filter(({ state }, at) => state === 'running' || at < maxJobsShown) })
      settle()
    } else if (event.type === 'job-delta') {
      unseen.set(event.id, (unseen.get(event.id) ?? 0) + event.tokens)
      if (nowMs - shownAtMs >= showEveryMs) showTokens(nowMs)
    } else {
      showTokens(nowMs)
      const { state, costWei } = event
      replaceJob(event.id, (job) => ({ ...job, state, costWei }))
      if (event.state === 'done') change({ jobsServed: get().jobsServed + 1 })
      settle()
    }
  }

  return {
    onEvent,
    /** Says what it does now. */
    settle,
    end() {
      ended = true
    },
  }
}

export function restingSentence(network: Network): string {
  const online = network.status().relays.some(({ state }) => state === 'online')
  return online ? idleSentence : offlineSentence
}

/**
 * What this tab has seen of nodes: how fast they really are, and how often they failed it lately.
 * @module
 */
import type { Offer } from '@weft/protocol'

export type NodeMemory = {
  /** What a token of this node is expected to cost in time and trouble, milliseconds. */
  costMs(offer: Offer, modelCid: string): number
  answered(peerId: string, speed: { tokens: number; ms: number }): void
  failed(peerId: string): void
}

type Seen = {
  /** As of `atMs`, one for each failure. */
  failures: number
  atMs: number
  tokensPerSecond: number | null
}

/** A failure counts half after so long: tabs that were closed come back. */
const halfLifeMs = 10 * 60_000
/** How many times as dear a node gets by one fresh failure. */
const failureWeight = 4
/** How much the newest answer weighs in what is known of a node's speed. */
const newestWeight = 0.5
/** Too few tokens say more about the first one than about speed. */
const leastTokens = 8

export function createNodeMemory(now: () => number = () => Date.now()): NodeMemory {
  const seen = new Map<string, Seen>()
  const recall = (peerId: string): Seen => {
    const atMs = now()
    const known = seen.get(peerId) ?? { failures: 0, atMs, tokensPerSecond: null }
    const failures = known.failures * 0.5 ** ((atMs - known.atMs) / halfLifeMs)
    return { ...known, failures, atMs }
  }
  return {
    costMs({ registration, activeJobs }, modelCid) {
      const { peerId, models, maxJobs } = registration
      const { failures, tokensPerSecond } = recall(peerId)
      const announced = models.find((model) => model.modelCid === modelCid)?.tokensPerSecond ?? 0
      const speed = Math.max(tokensPerSecond ?? announced, 0.1)
      // Jobs share a step until the places are taken.
      const crowd = 1 + activeJobs / maxJobs
      return (1000 / speed) * crowd * (1 + failureWeight * failures)
    },
    answered(peerId, { tokens, ms }) {
      if (tokens < leastTokens || ms <= 0) return
      const known = recall(peerId)
      const newest = (1000 * tokens) / ms
      const before = known.tokensPerSecond ?? newest
      const tokensPerSecond = before + newestWeight * (newest - before)
      seen.set(peerId, { ...known, tokensPerSecond })
    },
    failed(peerId) {
      const known = recall(peerId)
      seen.set(peerId, { ...known, failures: known.failures + 1 })
    },
  }
}

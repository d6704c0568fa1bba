/**
 * The next node for a job: found, chosen, called, its quote checked.
 * @module
 */
import type { JobCall, Network } from '@weft/network'
import { checkQuote, type Job, type Offer, type Registration, WeftError } from '@weft/protocol'
import type { NodeMemory } from './node-memory.ts'
import type { WaitOptions } from './tab.ts'

export type NodeSearchInit = {
  /** Of this tab, which never asks itself. */
  peerId: string
  network: Pick<Network, 'findOffers' | 'callNode' | 'reach'>
  memory: NodeMemory
  job: Job
}

export type NodeSearch = {
  /**
   * Asks nodes that were not asked before until one quotes for the rest of the answer; where there is
   * none, those that were lost, too: a cut line is mended, a tab comes back.
   * @param answered tokens that exist already
   * @throws the last failure, a reason that all of them gave, or WeftError `sdk/no-nodes`
   */
  open(answered: readonly number[], options: WaitOptions): Promise<JobCall>
  /** As `open`, among nodes that were not asked before. */
  openAnother(answered: readonly number[], options: WaitOptions): Promise<JobCall>
  /** Never asks it again for this job. */
  ban(peerId: string): void
  /** Connects to the node that would be asked next, if there is one. Never rejects. */
  warm(options: WaitOptions): Promise<void>
}

/** Nodes asked before a search is given up; each has its own dial and quote deadline. */
const maxNodesAsked = 3
/** Reasons that another node would give too. */
const finalRefusals = ['engine/prompt-too-long', 'protocol/empty-prompt', 'protocol/too-large']

export function createNodeSearch({ peerId, network, memory, job }: NodeSearchInit): NodeSearch {
  const asked = new Set<string>()
  const banned = new Set([peerId])
  let ranked: Registration[] = []

  const search = async (options: WaitOptions): Promise<void> => {
    const offers = await network.findOffers({ role: 'models', modelCid: job.modelCid }, options)
    const others = offers.filter(({ registration }) => !banned.has(registration.peerId))
    ranked = rank(others, (offer) => memory.costMs(offer, job.modelCid))
  }
  const fresh = () => ranked.filter((node) => !asked.has(node.peerId) && !banned.has(node.peerId))

  const call = async (
    node: Registration,
    answered: readonly number[],
    options: WaitOptions,
  ): Promise<JobCall> => {
    asked.add(node.peerId)
    const opened = await network.callNode(node, job, { ...options, answered })
    try {
      const context = { job, firstToken: answered.length, nodePeerId: node.peerId }
      checkQuote(opened.quote, { ...context, nowMs: Date.now() })
      return opened
    } catch (error) {
      opened.decline()
      throw error
    }
  }

  const openFresh: NodeSearch['open'] = async (answered, options) => {
    const failures: unknown[] = []
    for (const node of fresh().slice(0, maxNodesAsked)) {
      try {
        return await call(node, answered, options)
      } catch (error) {
        if (options.signal?.aborted) throw error
        if (!refusalOf(error)) memory.failed(node.peerId)
        failures.push(error)
      }
    }
    // One node's word is not enough to call the prompt itself impossible, unless it is the only one.
    const reasons = failures.map(finalReason)
    if (reasons.every(Boolean) && reasons[0]) throw reasons[0]
    throw failures.at(-1) ?? noNodes()
  }

  return {
    async open(answered, options) {
      // What the first search found may be old by now, but it is at hand.
      if (fresh().length === 0) await search(options)
      if (fresh().length === 0) asked.clear()
      return openFresh(answered, options)
    },
    async openAnother(answered, options) {
      if (fresh().length === 0) await search(options)
      return openFresh(answered, options)
    },
    ban: (node) => void banned.add(node),
    async warm(options) {
      const [next] = fresh()
      try {
        if (next) await network.reach(next, options)
      } catch {
        // It will be another one then.
      }
    },
  }
}

/**
 * Best first by the power of two choices: of two drawn by lot the cheaper one, so that tabs with the
 * same view do not all run to the same node.
 */
export function rank(offers: readonly Offer[], costMs: (offer: Offer) => number): Registration[] {
  const left = [...offers]
  const ranked: Registration[] = []
  while (left.length > 0) {
    const a = drawIndex(left.length)
    const b = (a + 1 + drawIndex(left.length - 1)) % left.length
    const better = cost(left[a]) <= cost(left[b]) ? a : b
    ranked.push(...left.splice(better, 1).map(({ registration }) => registration))
  }
  return ranked

  function cost(offer: Offer | undefined): number {
    return offer ? costMs(offer) : Number.POSITIVE_INFINITY
  }
}

function drawIndex(length: number): number {
  return Math.floor(Math.random() * length)
}

function noNodes(): WeftError {
  return new WeftError('sdk/no-nodes', 'No other tab serves this model right now.', {
    facts: [
      'Nothing was sent and nothing was charged.',
      'Answer on this device, or open the Contribute page in another browser and switch Serve on.',
    ],
  })
}

/** @returns the node's own reason, when an honest node would give it to everybody */
function finalReason(error: unknown): WeftError | undefined {
  const reason = refusalOf(error)
  return reason && finalRefusals.includes(reason.code) ? reason : undefined
}

/** A node that refuses, because it is full or because all would, has done nothing wrong. */
function refusalOf(error: unknown): WeftError | undefined {
  if (!WeftError.is(error) || error.code !== 'network/refused') return undefined
  return WeftError.is(error.cause) ? error.cause : undefined
}

/**
 * The next node for a job: found, chosen, called, its quote checked.
 * @module
 */
import type { JobCall, Network } from '@weft/network'
import type { Payer } from '@weft/payments'
import type { Job, Offer, WeftError } from '@weft/protocol'
import { askNode } from './ask-node.ts'
import type { Wanted } from './node-cost.ts'
import type { NodeMemory } from './node-memory.ts'
import { type Candidates, type NodeWait, openNode } from './open-node.ts'
import { payable } from './payable.ts'
import { rank } from './rank.ts'
import {
  isLie,
  isMadeUp,
  isOwnTrouble,
  noneRegistered,
  onlyFalse,
  refusalOf,
  tooDear,
} from './search-errors.ts'
import type { WaitOptions } from './tab.ts'

export type NodeSearchInit = {
  /** Of this tab, which never asks itself. */
  peerId: string
  network: Pick<Network, 'findOffers' | 'callNode' | 'reach' | 'region'>
  memory: NodeMemory
  payer: Payer | null
  job: Job
  /** Of its model. */
  contextTokens: number
  /** Of several searches for one job, each its own nodes. */
  taken?: TakenNodes
}

/** Which node is asked by which of several searches for the same job. */
export type TakenNodes = Map<string, symbol>

export type NodeSearch = {
  /**
   * Asks nodes that were not asked before until one quotes for the rest of the answer; where there is
   * none, those that were lost, too: a cut line is mended, a tab comes back. Where all are full it
   * waits until one is not.
   * @param answered tokens that exist already
   * @throws the last failure, a reason that all of them gave, or WeftError `sdk/no-nodes`,
   *   `sdk/too-dear`, `sdk/only-false`,
   *   `sdk/none-registered`, `sdk/busy`
   */
  open(answered: readonly number[], options: SearchOptions): Promise<JobCall>
  /** As `open`, among nodes that were not asked before, and without waiting for a full one. */
  openAnother(answered: readonly number[], options: WaitOptions): Promise<JobCall>
  /** Never asks it again for this job. */
  ban(peerId: string): void
  /** Connects to the node that would be asked next, if there is one. Never rejects. */
  warm(options: WaitOptions): Promise<void>
}

export type SearchOptions = WaitOptions & { onWait: (wait: NodeWait) => void }

/** A sample for the power of two choices, several times what one search asks. */
const offersPerSearch = 16
/** Characters of a prompt that make a token, roughly: enough for a price. */
const charsPerToken = 4

export function createNodeSearch({
  peerId,
  network,
  memory,
  payer,
  job,
  contextTokens,
  taken = new Map(),
}: NodeSearchInit): NodeSearch {
  const self = Symbol()
  const isFree = (node: string) => (taken.get(node) ?? self) === self
  const { modelCid, maxPrice } = job
  const wanted = wantedBy(job, network.region)
  /** Answering, or lost. */
  const asked = new Set<string>()
  const banned = new Set([peerId])
  let ranked: Offer[] = []
  /** Whether some were left out that these funds cannot pay. */
  let someUnpaid = false

  const search = async (options: WaitOptions): Promise<void> => {
    const wish = { role: 'models', modelCid, maxPrice } as const
    const query = { ...wish, limit: offersPerSearch, checksLater: true }
    const offers = await network.findOffers(query, options)
    const affordable = rank(offers, (offer) => memory.costMs(offer, wanted))
    ranked = await payable(affordable, { modelCid, payer })
    someUnpaid = ranked.length < affordable.length
  }
  /** Whether somebody would answer whom this job cannot pay, or must not ask. */
  const whyNobody = async (options: WaitOptions): Promise<WeftError | null> => {
    if (someUnpaid) return noneRegistered()
    const query = { role: 'models', modelCid, limit: offersPerSearch, checksLater: true } as const
    const offers = await network.findOffers(query, options).catch(() => [])
    const others = offers.filter(
      ({ registration: { peerId } }) => !banned.has(peerId) && isFree(peerId),
    )
    if (others.some(({ registration }) => !memory.isFalse(registration.peerId))) return tooDear()
    return others.length > 0 ? onlyFalse() : null
  }
  const fresh = () =>
    ranked.filter(
      ({ registration: node }) =>
        !asked.has(node.peerId) && !banned.has(node.peerId) && isFree(node.peerId),
    )

  const candidates = (answered: readonly number[], options: WaitOptions): Candidates => ({
    fresh,
    async refresh() {
      // A line that was cut is mended while one waits in a queue.
      asked.clear()
      await search(options)
    },
    ask(node, onPlace) {
      asked.add(node.peerId)
      taken.set(node.peerId, self)
      const { signal } = options
      return askNode({ network, node, job, contextTokens, payer, answered, signal, onPlace })
    },
    noteFull(node, aboutMs) {
      asked.delete(node)
      taken.delete(node)
      memory.busy(node, aboutMs)
    },
    noteFailed(node, error) {
      if (isLie(error)) {
        banned.add(node)
        memory.lied(node)
      } else if (!refusalOf(error) && !isMadeUp(error) && !isOwnTrouble(error)) {
        memory.failed(node)
      }
    },
  })

  return {
    async open(answered, { onWait, ...options }) {
      // What the first search found may be old by now, but it is at hand.
      if (fresh().length === 0) await search(options)
      if (fresh().length === 0) asked.clear()
      const reason = fresh().length === 0 ? await whyNobody(options) : null
      if (reason) throw reason
      return openNode(candidates(answered, options), { signal: options.signal, onWait })
    },
    async openAnother(answered, options) {
      if (fresh().length === 0) await search(options)
      return openNode(candidates(answered, options), { signal: options.signal, onWait: null })
    },
    ban: (node) => void banned.add(node),
    async warm(options) {
      const [next] = fresh()
      try {
        if (next) await network.reach(next.registration, options)
      } catch {
        // It will be another one then.
      }
    },
  }
}

function wantedBy({ modelCid, messages, maxTokens, maxPrice }: Job, region: string | null): Wanted {
  const chars = messages.reduce((sum, { content }) => sum + content.length, 0)
  const inputTokens = Math.ceil(chars / charsPerToken)
  return { modelCid, inputTokens, maxTokens, maxPrice, region }
}

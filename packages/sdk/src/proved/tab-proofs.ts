/**
 * Proofs between tabs, of models whose weights are secret: asks who offers one, answers who asks, has another tab look
 * at a proof. What proves and what checks is given: nothing of it is loaded here.
 * @module
 */
import type { Network } from '@weft/network'
import {
  type Proved,
  type ProveRequest,
  type ProveResponse,
  type Registration,
  WeftError,
} from '@weft/protocol'
import { type Cell, createCell } from '../cell.ts'
import { drawTabs } from '../find-tabs.ts'
import type { NodeMemory } from '../node-memory.ts'
import type { WaitOptions } from '../tab.ts'

export type ProofQuestion = Omit<Extract<ProveRequest, { type: 'prove' }>, 'type'>

export type ProofOffer = {
  /** Of the model's card and the key of its proofs: see `ProvedModel.cid`. */
  modelCid: string
  /** Null in a tab that has the card and no weights: it checks alone. */
  prove: ((question: ProofQuestion, options: WaitOptions) => Promise<Proved>) | null
  check(proved: Proved, options: WaitOptions): Promise<boolean>
}

/** What this tab does for others, and has done. */
export type ProofsState = { modelCid: string; proves: boolean; proved: number; checked: number }

type AskOptions = WaitOptions & {
  onAsked?: (peerId: string) => void
  /** It sent a proof that does not hold, or of something else; the next one is asked. */
  onLie?: (peerId: string) => void
}

export type TabProofs = {
  /** Null while it does nothing for others. */
  state: Cell<ProofsState | null>
  /**
   * Asks one tab after the other, in random order, until one sends a proof that holds. Who sends another is
   * remembered as a liar. Each may take three minutes: who can prove as well brings a signal that ends it earlier.
   * @param holds - whether it is true, and what was asked
   * @throws WeftError `sdk/no-provers`; what the last one said; what `holds` throws, which is nobody's lie;
   *   CancelledError
   */
  ask(
    question: ProofQuestion,
    holds: (proved: Proved) => Promise<boolean>,
    options?: AskOptions,
  ): Promise<{ proved: Proved; peerId: string }>
  /**
   * What another tab says of a proof, by its word alone.
   * @param without - PeerIds that are not asked, e.g. who proved
   * @returns null where no other tab looks at proofs of this model
   */
  check(
    modelCid: string,
    proved: Proved,
    options: WaitOptions & { without: readonly string[] },
  ): Promise<{ peerId: string; isValid: boolean } | null>
  /** Answers other tabs, in place of what it offered before. @returns when that is over */
  offer(offer: ProofOffer | null): Promise<void>
}

export type TabProofsInit = {
  network: Pick<Network, 'peerId' | 'findOffers' | 'prove' | 'announce' | 'handleProofs'>
  memory: Pick<NodeMemory, 'failed' | 'lied' | 'isLiar'>
}

type PutInit = { tab: Registration; request: ProveRequest; options: WaitOptions }
type Answer = Exclude<ProveResponse, { type: 'refusal' }>

/** Tabs that are asked before it is given up: each has its own deadline. */
const maxTries = 3

export function createTabProofs({ network, memory }: TabProofsInit): TabProofs {
  const state = createCell<ProofsState | null>(null)
  let end: (() => Promise<void>) | undefined

  /** @throws what the other tab says; it has failed, unless it has too much to do or is not waited for any more */
  async function put({ tab, request, options }: PutInit): Promise<Answer> {
    const { peerId } = tab
    const response = await network.prove(tab, request, options).catch((error: unknown) => {
      if (!options.signal?.aborted) memory.failed(peerId)
      throw error
    })
    if (response.type !== 'refusal') return response
    const { code, message } = response.error
    if (code !== 'network/busy') memory.failed(peerId)
    throw new WeftError(code, message)
  }

  async function answer(
    offer: ProofOffer,
    request: ProveRequest,
    options: WaitOptions,
  ): Promise<ProveResponse> {
    if (request.modelCid !== offer.modelCid) throw notOffered()
    if (request.type === 'check') {
      const isValid = await offer.check(request.proved, options)
      count('checked')
      return { type: 'checked', isValid }
    }
    if (!offer.prove) throw notOffered()
    const { type: _, ...question } = request
    const proved = await offer.prove(question, options)
    count('proved')
    return { type: 'proved', proved }
  }

  function count(what: 'proved' | 'checked'): void {
    const now = state.get()
    if (now) state.set({ ...now, [what]: now[what] + 1 })
  }

  return {
    state,
    async ask(question, holds, { signal, onAsked, onLie } = {}) {
      const { modelCid } = question
      const options = signal ? { signal } : {}
      const tabs = await drawTabs({ network, memory }, { role: 'proves', modelCid }, options)
      let reason: unknown = noProvers()
      for (const tab of tabs.slice(0, maxTries)) {
        const { peerId } = tab
        onAsked?.(peerId)
        const request: ProveRequest = { type: 'prove', ...question }
        let response: Answer
        try {
          response = await put({ tab, request, options })
        } catch (error) {
          if (signal?.aborted) throw error
          reason = error
          continue
        }
        // What fails in here is this tab's own failure.
        if (response.type === 'proved' && (await holds(response.proved))) {
          return { proved: response.proved, peerId }
        }
        memory.lied(peerId)
        onLie?.(peerId)
        reason = falseProof(peerId)
      }
      throw reason
    },
    async check(modelCid, proved, { signal, without }) {
      const options = signal ? { signal } : {}
      const query = { role: 'verifies', modelCid } as const
      const tabs = await drawTabs({ network, memory }, query, options)
      const others = tabs.filter(({ peerId }) => !without.includes(peerId))
      const request: ProveRequest = { type: 'check', modelCid, proved }
      for (const tab of others.slice(0, maxTries)) {
        const { peerId } = tab
        try {
          const response = await put({ tab, request, options })
          if (response.type === 'checked') return { peerId, isValid: response.isValid }
          memory.failed(peerId)
        } catch (error) {
          if (signal?.aborted) throw error
        }
      }
      return null
    },
    async offer(offer) {
      const before = end
      end = undefined
      state.set(null)
      if (offer) {
        const { modelCid } = offer
        const stop = network.handleProofs((request, { signal }) =>
          answer(offer, request, { signal }),
        )
        const announcement = network.announce({
          verifies: [modelCid],
          ...(offer.prove ? { proves: [modelCid] } : {}),
        })
        end = async () => {
          stop()
          await announcement.stop()
        }
        state.set({ modelCid, proves: offer.prove !== null, proved: 0, checked: 0 })
      }
      await before?.()
    },
  }
}

function notOffered(): WeftError {
  return new WeftError('sdk/not-proved-here', 'This tab does not prove answers of that model.')
}

function noProvers(): WeftError {
  return new WeftError(
    'sdk/no-provers',
    'No other tab offers this model with proofs now. Nothing was asked. Try again when one does.',
  )
}

function falseProof(peerId: string): WeftError {
  return new WeftError(
    'sdk/false-proof',
    'A tab sent a proof that does not hold, so what it said counts for nothing. It is not asked again for a week.',
    { facts: [`Tab: ${peerId}`] },
  )
}

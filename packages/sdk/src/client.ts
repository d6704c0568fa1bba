/**
 * Weft for a program: a tab without a screen, asked in OpenAI's words.
 * @module
 */
import type { BackendChoice } from '@weft/engine'
import type { FetchProgress } from '@weft/storage'
import { openTab } from './lazy-tab.ts'
import type { AnswerChoice } from './openai/answers.ts'
import { createOpenAiDoors, type OpenAiDoors } from './openai/doors.ts'
import { findModel } from './openai/find-model.ts'
import type { Funding } from './purse.ts'
import type { Tab, TabInit, WaitOptions } from './tab.ts'

export type ClientInit = Pick<TabInit, 'modelsUrl' | 'folder'> & {
  /** Multiaddrs of relays, each ending in `/p2p/<PeerId>`; without any, only this device answers. */
  relays?: string[]
  /** STUN and TURN servers; none by default, which is enough within one network. */
  iceServers?: RTCIceServer[]
  /** This device answers, unless a request says otherwise. */
  local?: boolean
  /** The most that a node may ask, unless a request says otherwise; nothing by default. */
  maxPrice?: AnswerChoice['maxPrice']
  /** How far other tabs check answers, unless a request says otherwise. */
  grade?: AnswerChoice['grade']
  /** Whose money pays for what costs something: of a wallet's channel, or of a sponsor's grant. */
  funding?: Funding
}

/** Everything of OpenAI's client that Weft has, and the tab behind it. */
export interface WeftClient extends OpenAiDoors {
  readonly peerId: string
  readonly tab: Tab
  /**
   * Fetches a model, checked and kept, and loads it on this device, so that the next local answer begins at once.
   * @param model - name or CID
   * @throws WeftError `sdk/unknown-model`, `storage/*`, `engine/*`; CancelledError
   */
  prepare(model: string, options?: PrepareOptions): Promise<void>
  /**
   * Ends what runs, and leaves the network. A process ends by `process.exit()` then: threads of node-datachannel may
   * outlive their connections.
   */
  close(): Promise<void>
}

export type PrepareOptions = WaitOptions & {
  /** `auto` by default. */
  backend?: BackendChoice
  /** Bytes of the download, as they come. */
  onProgress?: (progress: FetchProgress) => void
}

/**
 * Opens a client in a page, a module worker, or Node. A relay that is down is no error: the network keeps trying.
 * @throws WeftError `sdk/catalogue`, `storage/*`, `network/relay-address`
 * @example
 * const client = await createClient({ relays, modelsUrl: 'https://weft.example/models/' })
 * const chat = await client.chat.completions.create({
 *   model: 'weft/bobbin-2m',
 *   messages: [{ role: 'user', content: 'Tell me a story about a fox.' }],
 * })
 */
export async function createClient(init: ClientInit): Promise<WeftClient> {
  const { relays = [], iceServers = [], modelsUrl, folder, local, maxPrice, grade, funding } = init
  const tab = await openTab({ relays, iceServers, modelsUrl, folder })
  if (funding) await tab.purse.fund(funding)
  return clientOf(tab, {
    where: (local ?? relays.length === 0) ? 'local' : 'network',
    maxPrice,
    grade,
  })
}

/** The same over a tab that is open already: closing the client closes it. */
export function clientOf(tab: Tab, defaults: AnswerChoice = {}): WeftClient {
  const models = () => tab.models.list.get()
  const doors = createOpenAiDoors({
    models,
    refresh: (options) => tab.models.refreshLiveNodes(options),
    generate: tab.client.generate,
    embed: tab.client.embed,
    defaults,
  })
  return {
    ...doors,
    peerId: tab.peerId,
    tab,
    async prepare(model, { backend = 'auto', onProgress, ...options } = {}) {
      const { modelCid } = findModel(models(), { name: model, task: 'chat' })
      const stop = tab.models.engine.subscribe(() => {
        const state = tab.models.engine.get()
        if (state.phase === 'downloading' && state.modelCid === modelCid) onProgress?.(state)
      })
      try {
        await tab.models.prepare(modelCid, backend, options)
      } finally {
        stop()
      }
    },
    close: () => tab.close(),
  }
}

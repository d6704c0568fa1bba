/**
 * A contributor for a program: a tab without a screen that serves, checks or stores.
 * @module
 */
import type { BackendChoice } from '@weft/engine'
import type { ChannelsView } from '@weft/payments'
import type { Price } from '@weft/protocol'
import { openTab } from './lazy-tab.ts'
import { findModel } from './openai/find-model.ts'
import type { Tab, TabInit } from './tab.ts'

export type NodeInit = Pick<TabInit, 'modelsUrl' | 'folder' | 'pausePolicy'> & {
  /** Multiaddrs of relays, each ending in `/p2p/<PeerId>`. */
  relays: string[]
  /** STUN and TURN servers; none by default, which is enough within one network. */
  iceServers?: RTCIceServer[]
  roles: NodeRoles
  /** Where it is paid; needed for a price. */
  channels?: ChannelsView
}

/** One engine computes one model, so `serve` and `verify` name the same one. */
export type NodeRoles = {
  /** Answers jobs. */
  serve?: {
    /** Name or CID. */
    model: string
    /** `auto` by default. */
    backend?: BackendChoice
    /** At the same time; by default as many as decode in one step here, 4 at least. */
    maxJobs?: number
    /** Nothing by default. */
    price?: Price
  }
  /** Checks answers of others. */
  verify?: { model: string; backend?: BackendChoice }
  /** Gives the files of these models to others; name or CID. */
  store?: readonly string[]
}

export interface WeftNode {
  readonly peerId: string
  /** What it does is in `tab.node.state`, `tab.verifier.state` and `tab.storing.state`. */
  readonly tab: Tab
  /** Takes nothing new, tells those whose jobs run, and leaves the network. */
  close(): Promise<void>
}

/**
 * Opens a contributor in a page or in Node, and resolves when all its roles have begun.
 * @throws WeftError `sdk/catalogue`, `sdk/unknown-model`, `sdk/no-payee`, `storage/*`, `engine/*`
 * @example
 * const node = await createNode({
 *   relays,
 *   modelsUrl: 'https://weft.example/models/',
 *   folder: '/var/lib/weft',
 *   roles: { serve: { model: 'weft/bobbin-2m' } },
 * })
 */
export async function createNode(init: NodeInit): Promise<WeftNode> {
  const { roles, channels, iceServers = [], ...rest } = init
  const tab = await openTab({ ...rest, iceServers })
  try {
    if (channels) await tab.purse.earnOn(channels)
    await begin(tab, roles)
    return { peerId: tab.peerId, tab, close: () => tab.close() }
  } catch (error) {
    await tab.close()
    throw error
  }
}

async function begin(tab: Tab, { serve, verify, store = [] }: NodeRoles): Promise<void> {
  const cidOf = (name: string) => findModel(tab.models.list.get(), { name, task: 'chat' }).modelCid
  if (serve) {
    const { model, backend = 'auto', ...choice } = serve
    await tab.node.start({ ...choice, modelCid: cidOf(model), backend })
  }
  if (verify) {
    await tab.verifier.start({ modelCid: cidOf(verify.model), backend: verify.backend ?? 'auto' })
  }
  for (const name of store) {
    const modelCid = cidOf(name)
    await tab.models.prepare(modelCid, 'auto')
    await tab.storing.share(modelCid)
  }
}

/**
 * Nodes that want money and a client that has some, over real streams and with real weights; what each side
 * keeps outlives whoever has opened it.
 * @module
 */
import { createNodeNetwork, type NodeNetwork } from '@weft/network/testing'
import {
  type ChannelsView,
  type Commitment,
  type CreditPolicy,
  createPayee,
  createPayer,
  creditPolicyFor,
  type Payee,
  type PayeeRecord,
  type Payer,
  type PayerInit,
} from '@weft/payments'
import { ChainInMemory, MemoryLedgers } from '@weft/payments/testing'
import { addressFromPeerId, costWei, isFree, type Price, type PrivateKey } from '@weft/protocol'
import { type GenerateComponents, generate } from '../generate.ts'
import { createNodeMemory } from '../node-memory.ts'
import { type ServeInit, serve } from '../serve.ts'
import type { GenerateEvent, GenerateRequest } from '../tab.ts'
import { openRoad } from './road-stage.ts'
import { until } from './until.ts'

/** A prompt of a few dozen tokens costs less than is let stand, so that it is read on credit. */
export const paidPrice: Price = {
  inputWeiPerMillion: 3n * 10n ** 15n,
  outputWeiPerMillion: 31n * 10n ** 15n,
}

export type PaidNodeInit = Partial<Pick<ServeInit, 'engine' | 'network'>> & {
  price?: Price
  policy?: Partial<CreditPolicy>
  channels?: ChannelsView
  /** What it says of itself: the fastest is asked first. */
  tokensPerSecond?: number
}

/** @param money - a real chain and funds on it; by default one in memory with plenty */
export async function openPaidRoad(
  money?: (
    privateKey: PrivateKey,
  ) => Promise<{ channels: ChannelsView } & Pick<PayerInit, 'funds' | 'limit'>>,
) {
  const road = await openRoad()
  await road.node.stop()
  const { manifest, info, request, relayAddresses } = road
  const { modelCid } = request
  const opened = await createNodeNetwork({ relays: relayAddresses })
  const { privateKey, network } = opened
  const { channels, funds, limit } = money ? await money(privateKey) : inMemory()
  const payerStore = new MemoryLedgers<Commitment>()
  const openPayer = () => createPayer({ privateKey, funds, limit, store: payerStore })
  let payer: Payer = await openPayer()
  const components: GenerateComponents = {
    peerId: network.peerId,
    network,
    memory: createNodeMemory(),
    manifestOf: () => manifest,
    localEngine: async () => road.engine,
    payer: () => payer,
  }
  const nodes: { stop(): Promise<void> }[] = []

  async function openNode(init: PaidNodeInit = {}) {
    const { price = paidPrice, tokensPerSecond = 100 } = init
    const node = await createNodeNetwork({ relays: relayAddresses })
    let store = new MemoryLedgers<PayeeRecord>()
    const { peerId } = node.network
    const openPayee = () => createPayee({ peerId, channels: init.channels ?? channels, store })
    let payee = await openPayee()
    const policy = { ...creditPolicyFor(price), ...init.policy }
    const model = { modelCid, price, engine: info, tokensPerSecond }
    const announcement = node.network.announce({ models: [model], maxJobs: 4 })
    const start = (earning: Payee) =>
      serve({
        network: init.network ?? node.network,
        engine: init.engine ?? road.engine,
        privateKey: node.privateKey,
        manifest,
        engineInfo: info,
        charge: isFree(price) ? null : { price, payee: earning, policy },
        maxJobs: 4,
        onEvent: () => {},
      })
    let stopServing = start(payee)
    const made = {
      ...node,
      policy,
      get payee() {
        return payee
      },
      /** What its vouchers are worth. */
      promisedWei: () => payee.earnings()[0]?.voucher?.maxClaimableWei ?? 0n,
      /** As after a reload; with `isForgetful`, as after its memory was lost. */
      async reopen({ isForgetful = false } = {}) {
        await stopServing()
        if (isForgetful) store = new MemoryLedgers<PayeeRecord>()
        payee = await openPayee()
        stopServing = start(payee)
      },
      async stop() {
        await stopServing()
        await announcement.stop()
        await node.network.stop()
      },
    }
    nodes.push(made)
    await untilOffered(nodes.length)
    return made
  }

  const untilOffered = (count: number) =>
    until(
      async () => (await network.findOffers({ role: 'models', modelCid })).length === count,
      `nodes are offered: ${count}`,
    )

  return {
    ...road,
    openNode,
    client: opened,
    get payer() {
      return payer
    },
    async reopenPayer() {
      payer = await openPayer()
    },
    /** What the client has promised to a node, and owes it. */
    commitmentTo({ network: { peerId } }: Pick<NodeNetwork, 'network'>): Commitment | undefined {
      const payee = addressFromPeerId(peerId)
      return payer.spending().commitments.find((commitment) => commitment.payee === payee)
    },
    async stopNodes() {
      await Promise.all(nodes.splice(0).map((node) => node.stop()))
      await untilOffered(0)
    },
    /** @param events - takes them as they come; what has come stays when it throws */
    async ask(
      change: Partial<GenerateRequest & GenerateComponents> = {},
      { signal, events = [] }: { signal?: AbortSignal; events?: GenerateEvent[] } = {},
    ) {
      const asked = { ...request, maxPrice: paidPrice, maxTokens: 40, ...change }
      const memory = createNodeMemory()
      const init = { ...components, memory, ...change }
      for await (const event of generate(init, asked, signal ? { signal } : {})) events.push(event)
      const end = events.at(-1)
      if (end?.type !== 'end') throw new Error('no end')
      return { events, end, answer: end.answer }
    },
    async close() {
      await Promise.all(nodes.splice(0).map((node) => node.stop()))
      await network.stop()
      await road.close()
    },
  }
}

/** @returns what so many tokens cost at `paidPrice` */
export function paidTokens(outputTokens: number, inputTokens = 0): bigint {
  return costWei(paidPrice, { inputTokens, outputTokens })
}

function inMemory() {
  const channels = new ChainInMemory()
  const { capWei, expiry } = channels.state
  const channelId = `0x${'07'.repeat(32)}` as const
  return {
    channels,
    funds: { ...channels.contract, channelId, grant: null },
    limit: { capWei, expiry, committedWei: 0n },
  }
}

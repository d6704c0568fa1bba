/**
 * A real chain, two nodes that want money and one client, over real streams, for tries of who loses what. What is
 * delivered is counted here, beside the accounts that are on trial; what was paid is asked of the chain.
 * @module
 */
import type { IncomingJob } from '@weft/network'
import { type Commitment, createPayer, laneBetween, type Payer } from '@weft/payments'
import { channelIdOf } from '@weft/payments/chain'
import { MemoryLedgers, startDevelopmentChain } from '@weft/payments/testing'
import {
  addressFromPeerId,
  bytesEqual,
  costWei,
  deriveSeed,
  type Funds,
  type Hex,
  jobId,
  peerIdFromPrivateKey,
} from '@weft/protocol'
import type { ServeInit } from '../../serve.ts'
import type { GenerateEvent } from '../../tab.ts'
import { openPaidRoad, paidPrice, paidTokens } from '../paid-stage.ts'
import { until } from '../until.ts'
import { type ChangeVoucher, paying } from './tampering.ts'

/** Small, so that limits are met in short answers; in the same proportions as by default. */
export const smallPolicy = {
  maxUnpaidWei: paidTokens(8),
  maxLostWei: paidTokens(24),
  maxUnredeemedWei: paidTokens(60),
  redeemLaneFromWei: 1n,
  redeemBatchFromWei: 1n,
  unpaidMs: 250,
  chainMaxAgeMs: 40,
}

export type MoneyStage = Awaited<ReturnType<typeof openMoneyStage>>
export type StageNode = MoneyStage['nodes'][number]
export type StageChannel = Awaited<ReturnType<MoneyStage['openChannel']>>

type Delivery = {
  inputTokens: number
  outputTokens: number
  /** Of its sampling: which answer of the engine it is. Null before the job is accepted. */
  seed: Uint8Array | null
  /** The model has read its prompt. */
  isRead: boolean
}

const plenty = 10n ** 24n
const hourSeconds = 3_600

export async function openMoneyStage() {
  const chain = await startDevelopmentChain()
  const { channels, control, reader } = chain
  const wallet = await chain.createWallet({ tokens: plenty, ether: 10n ** 20n })
  const sender = await chain.createWallet({ tokens: 0n, ether: 10n ** 20n })
  await wallet.deposit(plenty / 2n)
  let salts = 0n

  async function nowSeconds(): Promise<number> {
    return Number((await reader.getBlock()).timestamp)
  }

  /** Money on the chain for a key: nobody has seen its channel before. */
  async function fund(privateKey: Uint8Array, capWei = 10n ** 19n) {
    const signer = addressFromPeerId(peerIdFromPrivateKey(privateKey))
    salts += 1n
    const salt: Hex = `0x${salts.toString(16).padStart(64, '0')}`
    await wallet.authorize({ salt, signer, capWei, expiry: (await nowSeconds()) + hourSeconds })
    const channelId = channelIdOf(wallet.address, salt)
    const funds = { ...channels.contract, channelId, grant: null }
    return {
      salt,
      signer,
      channelId,
      funds,
      limit: await channels.readCollateral({ channelId, signer }),
    }
  }

  const road = await openPaidRoad(async (privateKey) => ({ channels, ...(await fund(privateKey)) }))
  const { privateKey, network } = road.client
  const { modelCid } = road.request

  /** @param capWei - that the chain holds for the client's key in it */
  async function openChannel({ capWei }: { capWei?: bigint } = {}) {
    const funded = await fund(privateKey, capWei)
    const { funds, limit, channelId, signer } = funded
    return {
      ...funded,
      /** Its accounts are its own: an honest payer opens one, a hostile one several. */
      openPayer: (believed = limit) =>
        createPayer({ privateKey, funds, limit: believed, store: new MemoryLedgers<Commitment>() }),
      /** What its payer has paid to all nodes together. */
      spentWei: async () => (await channels.readCollateral({ channelId, signer })).committedWei,
    }
  }

  async function openNode(tokensPerSecond: number) {
    /** Since it was made fresh. */
    let deliveries: Delivery[] = []
    let deltaTokens = 1
    let running = 0
    let tamper = (incoming: IncomingJob): IncomingJob => incoming
    let onToken = (_index: number): void => {}
    const engine: ServeInit['engine'] = {
      measurePrompt: road.engine.measurePrompt,
      async *generate(init, options) {
        // Who is asked again for the same answer goes on with the same seed.
        const delivery = deliveries.findLast(({ seed }) => seed && bytesEqual(seed, init.seed))
        if (delivery) delivery.isRead = true
        for await (const part of road.engine.generate(init, options)) {
          if (part.type === 'delta') onToken(part.index)
          yield part
        }
      },
    }
    const node = await road.openNode({ engine, policy: smallPolicy, tokensPerSecond })
    const { handleJobs } = node.network
    node.network.handleJobs = (handler) =>
      handleJobs.call(node.network, (incoming) => {
        const { quote, send } = incoming
        const delivery: Delivery = { inputTokens: 0, outputTokens: 0, seed: null, isRead: false }
        deliveries.push(delivery)
        incoming.quote = async (signed) => {
          delivery.inputTokens = signed.inputTokens
          const nonce = await quote.call(incoming, signed)
          delivery.seed = deriveSeed({ jobId: jobId(incoming.job), nonce, modelCid })
          return nonce
        }
        incoming.send = (delta) => {
          delivery.outputTokens += delta.tokens.length
          deltaTokens = Math.max(deltaTokens, delta.tokens.length)
          return send.call(incoming, delta)
        }
        running += 1
        return handler(tamper(incoming)).finally(() => {
          running -= 1
        })
      })
    await node.reopen()
    return {
      ...node,
      peerId: node.network.peerId,
      get payee() {
        return node.payee
      },
      /** Knows nobody any more and behaves as it should. */
      async startAfresh(): Promise<void> {
        deliveries = []
        tamper = (incoming) => incoming
        onToken = () => {}
        await node.reopen({ isForgetful: true })
      },
      /** It is no longer honest. */
      tamperWith(change: typeof tamper): void {
        tamper = change
      },
      /** Tells of each token before it is sent. */
      watch(told: typeof onToken): void {
        onToken = told
      },
      /** The largest delta it has sent. */
      deltaTokens: () => deltaTokens,
      deliveredWei: () =>
        deliveries
          .filter(({ isRead }) => isRead)
          .reduce((sum, tokens) => sum + costWei(paidPrice, tokens), 0n),
      /** Waits until nothing more comes, and says what was promised. */
      async settledWei(): Promise<bigint> {
        await until(() => running === 0, 'the last voucher has come')
        return node.promisedWei()
      },
      redeem: () => node.payee.redeem({ policy: node.policy, send: (call) => sender.redeem(call) }),
      /** In all, to its lane of this channel; before the split. */
      async paidWei({ funds }: { funds: Funds }): Promise<bigint> {
        const payerPeerId = network.peerId
        const peers = { payerPeerId, payeePeerId: node.network.peerId, modelCid }
        return (await channels.readLane(laneBetween(funds, peers), { grant: null })).paidWei
      },
    }
  }

  const { messages, tools = [] } = road.request
  const { inputTokens } = await road.engine.measurePrompt({
    messages,
    tools,
    overflow: 'error',
    maxTokens: 1,
  })
  const nodes = [await openNode(200), await openNode(100)] as const

  return {
    chain,
    channels,
    wallet,
    sender,
    road,
    privateKey,
    modelCid,
    nodes,
    openChannel,
    nowSeconds,
    /** What the client asks for, and so its prompt. */
    messages,
    tools,
    /** Of the prompt, as it is. */
    inputTokens,
    /** That the model reads at most. */
    contextTokens: road.manifest.contextTokens,
    /** Moves the chain's clock. */
    async passTo(seconds: number): Promise<void> {
      await control.setNextBlockTimestamp({ timestamp: BigInt(seconds) })
      await control.mine({ blocks: 1 })
    },
    /**
     * Asks one node, or whichever is first. Never rejects: what has come is in the events.
     * @returns how it ended; null where it came to its end
     */
    async ask(
      payer: Payer,
      {
        node,
        change = (voucher) => voucher,
        maxTokens = 40,
        events = [],
      }: {
        node?: { peerId: string }
        change?: ChangeVoucher
        maxTokens?: number
        events?: GenerateEvent[]
      } = {},
    ): Promise<{ error: unknown; events: GenerateEvent[] }> {
      const hands = paying(network, change, node?.peerId)
      const error = await road
        .ask({ network: hands, payer: () => payer, maxTokens }, { events })
        .then(
          () => null,
          (thrown: unknown) => thrown,
        )
      return { error, events }
    },
    async close() {
      await road.close()
      await chain.stop()
    },
  }
}

/** @returns the tokens in `events` that came and were not taken back */
export function keptTokens(events: readonly GenerateEvent[]): number {
  return events.reduce((kept, event) => {
    if (event.type === 'delta') return kept + event.tokens.length
    return event.type === 'node-lost' ? event.tokens : kept
  }, 0)
}

/** @returns a generator of numbers from 0 to 1 (mulberry32) */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * What a node may try against a client that keeps to everything.
 * @module
 */
import type { IncomingJob } from '@weft/network'
import {
  costWei,
  mostPromptTokens,
  type Quote,
  type Receipt,
  signQuote,
  signReceipt,
  WeftError,
} from '@weft/protocol'
import { clientLossBounds } from '../../loss-bounds.ts'
import type { GenerateEvent } from '../../tab.ts'
import { paidPrice } from '../paid-stage.ts'
import { between, type HostileCase, lost, mustFail, type Outcome } from './hostile-case.ts'
import { keptTokens, type MoneyStage, type StageChannel, type StageNode } from './money-stage.ts'

type Lies = {
  quote?: (quote: Quote) => Partial<Quote>
  receipt?: (receipt: Receipt) => Partial<Receipt>
}

/** Signs what it says instead. */
function lying({ privateKey }: StageNode, { quote, receipt }: Lies) {
  return (incoming: IncomingJob): IncomingJob => {
    const honest = { quote: incoming.quote, finish: incoming.finish }
    if (quote) {
      incoming.quote = (said) => {
        const { signature: _, ...changed } = { ...said, ...quote(said) }
        return honest.quote.call(incoming, signQuote(changed, privateKey))
      }
    }
    if (receipt) {
      incoming.finish = (said) => {
        const { signature: _, ...changed } = { ...said, ...receipt(said) }
        return honest.finish.call(incoming, signReceipt(changed, privateKey))
      }
    }
    return incoming
  }
}

/** What the client has paid beyond what it has: the prompt counts where an answer is behind it. */
async function clientLossWei(
  { inputTokens }: MoneyStage,
  channel: StageChannel,
  events: readonly GenerateEvent[],
): Promise<bigint> {
  const outputTokens = keptTokens(events)
  const worthWei = outputTokens === 0 ? 0n : costWei(paidPrice, { inputTokens, outputTokens })
  return lost(await channel.spentWei(), worthWei)
}

const arrivedTokens = (events: readonly GenerateEvent[]): number =>
  events.reduce((sum, event) => sum + (event.type === 'delta' ? event.tokens.length : 0), 0)

/** One answer by one node, that then redeems all it was given. */
async function answerBy(
  stage: MoneyStage,
  random: () => number,
  prepare: (node: StageNode) => void,
  bound: (arrived: number) => bigint,
): Promise<Outcome> {
  const [node] = stage.nodes
  await node.startAfresh()
  prepare(node)
  const channel = await stage.openChannel()
  const { events } = await stage.ask(await channel.openPayer(), {
    node,
    maxTokens: between(random, 8, 50),
  })
  await node.settledWei()
  await node.redeem()
  const lossWei = await clientLossWei(stage, channel, events)
  return { lossWei, boundWei: bound(arrivedTokens(events)) }
}

const boundsOf = ({ messages, tools }: MoneyStage, arrived: number) =>
  clientLossBounds({ price: paidPrice, messages, tools, arrivedTokens: arrived })

/** That a client lets a quote say. */
const mostCounted = (stage: MoneyStage): number =>
  Math.min(stage.contextTokens, mostPromptTokens(stage))

/** @param atToken - of its own, at which each node fails */
function takingPrompts(sent: string, atToken: (random: () => number) => number): HostileCase {
  return {
    by: 'node',
    what: `takes what a prompt costs and sends ${sent}, and so does the next`,
    async run(stage, random) {
      const channel = await stage.openChannel()
      for (const node of stage.nodes) {
        await node.startAfresh()
        const most = mostCounted(stage)
        const inputTokens = between(random, stage.inputTokens, most + 1)
        // Nothing on credit: the prompt is paid ahead.
        const quote = ({ payment }: Quote) => ({
          inputTokens,
          payment: payment && { ...payment, maxUnpaidWei: 1n },
        })
        let left = 0
        node.tamperWith((incoming) => {
          left = atToken(random)
          return lying(node, { quote })(incoming)
        })
        node.watch(() => {
          left -= 1
          if (left < 0) {
            throw new WeftError('engine/device-lost', 'It says that its GPU was lost.')
          }
        })
      }
      const { events } = await stage.ask(await channel.openPayer())
      for (const node of stage.nodes) await node.redeem()
      const lossWei = await clientLossWei(stage, channel, events)
      return { lossWei, boundWei: boundsOf(stage, 0).answerWei }
    },
  }
}

export const nodeCases: HostileCase[] = [
  {
    by: 'node',
    what: 'claims more tokens in its receipt than it has sent, behind a prompt counted too high',
    run: (stage, random) =>
      answerBy(
        stage,
        random,
        (node) => {
          const more = between(random, 1, 40)
          const inputTokens = between(random, stage.inputTokens, mostCounted(stage))
          const receipt = ({ outputTokens }: Receipt) => {
            const tokens = { inputTokens, outputTokens: outputTokens + more }
            return { ...tokens, costWei: costWei(paidPrice, tokens) }
          }
          node.tamperWith(lying(node, { quote: () => ({ inputTokens }), receipt }))
        },
        (arrived) => boundsOf(stage, arrived).partWei,
      ),
  },
  {
    by: 'node',
    what: 'counts more input tokens than the prompt can have',
    isPrevented: true,
    run: (stage, random) =>
      answerBy(
        stage,
        random,
        (node) => {
          const inputTokens = mostCounted(stage) + between(random, 1, 100_000)
          node.tamperWith(lying(node, { quote: () => ({ inputTokens }) }))
        },
        () => 0n,
      ),
  },
  {
    by: 'node',
    what: 'counts as many input tokens as it is let',
    run: (stage, random) =>
      answerBy(
        stage,
        random,
        (node) => {
          const most = mostCounted(stage)
          const inputTokens = between(random, stage.inputTokens, most + 1)
          const quote = () => ({ inputTokens })
          const receipt = ({ outputTokens }: Receipt) => ({
            inputTokens,
            costWei: costWei(paidPrice, { inputTokens, outputTokens }),
          })
          node.tamperWith(lying(node, { quote, receipt }))
        },
        () => boundsOf(stage, 0).promptWei,
      ),
  },
  takingPrompts('nothing', () => 0),
  takingPrompts('a token or two', (random) => between(random, 1, 3)),
  {
    by: 'node',
    what: 'sends nothing more once it was paid',
    isPrevented: true,
    run: (stage, random) =>
      answerBy(
        stage,
        random,
        (node) => {
          const atToken = between(random, 1, 30)
          node.watch((index) => {
            if (index >= atToken) {
              throw new WeftError('engine/device-lost', 'It says that its GPU was lost.')
            }
          })
        },
        () => 0n,
      ),
  },
  {
    by: 'node',
    what: 'redeems twice, the same voucher twice in one batch, and more than was signed',
    isPrevented: true,
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const { events } = await stage.ask(await channel.openPayer(), {
        node,
        maxTokens: between(random, 8, 50),
      })
      await node.settledWei()
      const [batch] = node.payee.plan(node.policy)
      if (batch?.call.isGranted !== false) throw new Error('There is a voucher to redeem.')
      const { call } = batch
      const more = BigInt(between(random, 1, 1_000_000))
      const raised = call.vouchers.map((voucher) => ({
        ...voucher,
        maxClaimableAmount: voucher.maxClaimableAmount + more,
      }))
      const { sender } = stage
      await mustFail(sender.redeem({ ...call, vouchers: raised }), 'to redeem more than was signed')
      await sender.redeem({ ...call, vouchers: [...call.vouchers, ...call.vouchers] })
      await mustFail(sender.redeem(call), 'to redeem twice')
      return { lossWei: await clientLossWei(stage, channel, events), boundWei: 0n }
    },
  },
  {
    by: 'node',
    what: 'claims after the last moment at which vouchers pay',
    isPrevented: true,
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const { salt, signer } = channel
      await stage.ask(await channel.openPayer(), { node, maxTokens: between(random, 8, 50) })
      await node.settledWei()
      const [batch] = node.payee.plan(node.policy)
      if (!batch) throw new Error('There is a voucher to redeem.')
      await stage.passTo(batch.deadline + between(random, 1, 3_600))
      await mustFail(stage.sender.redeem(batch.call), 'to redeem too late')
      const { availableAt } = await stage.channels.readCollateral(channel)
      await stage.passTo(availableAt)
      const account = () => stage.channels.readAccount(stage.wallet.address)
      const before = await account()
      await stage.wallet.release({ salt, signer })
      const backWei = (await account()).depositWei - before.depositWei
      // The cap and its bond.
      return { lossWei: lost((channel.limit.capWei * 11n) / 10n, backWei), boundWei: 0n }
    },
  },
]

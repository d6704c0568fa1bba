/**
 * What a payer may try. It has the product's own payer in its hands and lets it sign what it likes.
 * @module
 */
import { createVoucherHasher, laneBetween } from '@weft/payments'
import {
  addressFromPeerId,
  createPrivateKey,
  type PrivateKey,
  peerIdFromPrivateKey,
  signHash,
  type Voucher,
} from '@weft/protocol'
import { paidTokens } from '../paid-stage.ts'
import { between, type HostileCase, mustFail, nodeOutcome } from './hostile-case.ts'
import type { MoneyStage, StageChannel, StageNode } from './money-stage.ts'
import type { ChangeVoucher } from './tampering.ts'

type Signing = { privateKey?: PrivateKey; chainId?: number; contract?: `0x${string}` }

/** @returns what signs the same amount for the same lane, otherwise than it should */
function signingAs(
  stage: MoneyStage,
  { funds }: StageChannel,
  { peerId }: StageNode,
  { privateKey = stage.privateKey, ...elsewhere }: Signing,
): ChangeVoucher {
  const { modelCid } = stage
  const payerPeerId = peerIdFromPrivateKey(stage.privateKey)
  const lane = laneBetween(funds, { payerPeerId, payeePeerId: peerId, modelCid })
  const hash = createVoucherHasher({ ...funds, ...elsewhere }, lane)
  return ({ maxClaimableWei }) => ({
    maxClaimableWei,
    signature: signHash(hash(maxClaimableWei), privateKey),
  })
}

/** Signed by nobody. */
const garbled = (voucher: Voucher): Voucher => ({
  ...voucher,
  signature: voucher.signature.map((byte) => byte ^ 1),
})

/** One answer of a stranger whose vouchers are changed on the way. */
function changing(
  what: string,
  changeOf: (stage: MoneyStage, channel: StageChannel, node: StageNode) => ChangeVoucher,
): HostileCase {
  return {
    by: 'payer',
    what,
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const change = changeOf(stage, channel, node)
      // Honest at first, for a while.
      let honest = between(random, 0, 4)
      await stage.ask(await channel.openPayer(), {
        node,
        maxTokens: between(random, 20, 60),
        change: (voucher) => (honest-- > 0 ? voucher : change(voucher)),
      })
      return nodeOutcome(channel, node)
    },
  }
}

export const payerCases: HostileCase[] = [
  {
    by: 'payer',
    what: 'promises nothing and comes again, until it is refused',
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const payer = await channel.openPayer()
      for (let asked = 0; asked < 3; asked += 1) {
        await stage.ask(payer, { node, change: () => null, maxTokens: between(random, 12, 40) })
      }
      return nodeOutcome(channel, node)
    },
  },
  {
    by: 'payer',
    what: 'promises nothing for several answers at once',
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const payer = await channel.openPayer()
      const jobs = between(random, 2, 5)
      const ask = () => stage.ask(payer, { node, change: () => null, maxTokens: 40 })
      await Promise.all(Array.from({ length: jobs }, ask))
      return nodeOutcome(channel, node, { jobs })
    },
  },
  {
    by: 'payer',
    what: 'pays for one answer, then walks away from as many as it is let',
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const payer = await channel.openPayer()
      await stage.ask(payer, { node, maxTokens: between(random, 8, 40) })
      for (let asked = 0; asked < 4; asked += 1) {
        // It remembers what it owes, and signs for no more than it did.
        await stage.ask(await channel.openPayer(), { node, change: () => null, maxTokens: 24 })
      }
      return nodeOutcome(channel, node)
    },
  },
  {
    by: 'payer',
    what: 'promises one cap to two nodes',
    async run(stage, random) {
      const maxTokens = between(random, 40, 90)
      // Enough for one of them, and a little more.
      const capWei = paidTokens(maxTokens + between(random, 4, 12))
      const channel = await stage.openChannel({ capWei })
      await Promise.all(stage.nodes.map((node) => node.startAfresh()))
      const asks = stage.nodes.map((node) => async () => {
        const payer = await channel.openPayer()
        await stage.ask(payer, { node, maxTokens })
      })
      if (random() < 0.5) for (const ask of asks) await ask()
      else await Promise.all(asks.map((ask) => ask()))
      const order = random() < 0.5 ? [...stage.nodes] : stage.nodes.toReversed()
      const outcomes = []
      const kind = 'unredeemedWei'
      for (const node of order) outcomes.push(await nodeOutcome(channel, node, { kind }))
      return outcomes.reduce((a, b) => (b.lossWei > a.lossWei ? b : a))
    },
  },
  {
    by: 'payer',
    what: 'rotates its key while tokens come',
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const { salt, signer } = channel
      const privateKey = createPrivateKey()
      const next = {
        salt,
        signer: addressFromPeerId(peerIdFromPrivateKey(privateKey)),
        capWei: 1n,
        expiry: (await stage.nowSeconds()) + 3_600,
      }
      const withNextKey = signingAs(stage, channel, node, { privateKey })
      const changes: ChangeVoucher[] = [(voucher) => voucher, withNextKey, () => null]
      const after = changes[between(random, 0, changes.length)] ?? withNextKey
      const atToken = between(random, 1, 30)
      let rotation: Promise<unknown> | undefined
      node.watch((index) => {
        if (index >= atToken) rotation ??= stage.wallet.rotate({ salt, signer }, next)
      })
      await stage.ask(await channel.openPayer(), {
        node,
        maxTokens: 60,
        change: (voucher) => (rotation ? after(voucher) : voucher),
      })
      await rotation
      return nodeOutcome(channel, node)
    },
  },
  changing('shows one voucher again and again', () => {
    let first: Voucher | undefined
    return (voucher) => {
      first ??= voucher
      return first
    }
  }),
  changing('signs for another chain', (...at) => signingAs(...at, { chainId: 1 })),
  changing('signs for another contract', (...at) =>
    signingAs(...at, { contract: `0x${'c1'.repeat(20)}` }),
  ),
  changing('names a sum that it did not sign', () => (voucher) => ({
    ...voucher,
    maxClaimableWei: voucher.maxClaimableWei + 1n,
  })),
  {
    by: 'payer',
    what: 'sends garbage behind short answers, and leaves before anybody looks at it',
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const payer = await channel.openPayer()
      let honest = between(random, 0, 3)
      for (let asked = 0; asked < 6; asked += 1) {
        await stage.ask(payer, {
          node,
          maxTokens: between(random, 1, 7),
          change: (voucher) => (honest-- > 0 ? voucher : garbled(voucher)),
        })
      }
      return nodeOutcome(channel, node)
    },
  },
  changing('sends good vouchers between garbage', () => {
    let sent = 0
    return (voucher) => {
      sent += 1
      return sent % 2 === 0 ? voucher : garbled(voucher)
    }
  }),
  {
    by: 'payer',
    what: 'revokes its key and withdraws before the node has redeemed',
    isPrevented: true,
    async run(stage, random) {
      const [node] = stage.nodes
      await node.startAfresh()
      const channel = await stage.openChannel()
      const { salt, signer } = channel
      await stage.ask(await channel.openPayer(), { node, maxTokens: between(random, 8, 40) })
      await node.settledWei()
      await stage.wallet.revoke({ salt, signer })
      const { expiry } = await stage.channels.readCollateral(channel)
      // The node comes to it at any time up to the last second.
      await stage.passTo(expiry + between(random, 1, stage.channels.withdrawDelay - 30))
      await mustFail(stage.wallet.release({ salt, signer }), 'to take back what is locked')
      const { depositWei } = await stage.channels.readAccount(stage.wallet.address)
      const withdrawal = stage.wallet.withdraw(stage.wallet.address, depositWei + 1n)
      await mustFail(withdrawal, 'to withdraw what is locked')
      return { ...(await nodeOutcome(channel, node)), boundWei: 0n }
    },
  },
]

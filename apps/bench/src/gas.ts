/**
 * What opening a channel and redeeming cost in gas, on a real chain in a process of its own.
 * @module
 */
import { createPayee, createPayer, creditPolicyFor, type Payee } from '@weft/payments'
import { channelIdOf } from '@weft/payments/chain'
import { type DevelopmentChain, MemoryLedgers, startDevelopmentChain } from '@weft/payments/testing'
import { addressFromPeerId, createPrivateKey, type Hex, peerIdFromPrivateKey } from '@weft/protocol'
import { type Bench, type BenchReport, median, rounded } from './report.ts'

const lanes = 50
const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const salt: Hex = `0x${'0'.repeat(64)}`
const price = { inputWeiPerMillion: 0n, outputWeiPerMillion: 10n ** 16n }
const capWei = 10n ** 18n
const policy = {
  ...creditPolicyFor(price),
  chainMaxAgeMs: 0,
  redeemLaneFromWei: 1n,
  redeemBatchFromWei: 1n,
}

export const gas: Bench = {
  describe: 'gas of opening by a permit, and of a lane in a batch of 50, on a real chain',
  goals: { gasOpen: '<= 150000', gasPerLane50: '<= 35000' },
  async run(): Promise<BenchReport> {
    const chain = await startDevelopmentChain()
    try {
      const peerId = peerIdFromPrivateKey(createPrivateKey())
      const payee = await createPayee({
        peerId,
        channels: chain.channels,
        store: new MemoryLedgers(),
      })
      const opened = []
      for (let index = 0; index <= lanes; index += 1) opened.push(await openPayer(chain))
      const [another, ...payers] = opened
      // A node that has earned before, as most have.
      await another?.pay(payee, peerId, 320)
      await redeem(chain, payee)
      const perLane = []
      for (const tokens of [320, 640]) {
        for (const payer of payers) await payer.pay(payee, peerId, tokens)
        perLane.push((await redeem(chain, payee)) / lanes)
      }
      const [first = 0, later = 0] = perLane
      return {
        name: 'gas',
        metrics: {
          gasOpen: median(opened.map(({ gasOpen }) => gasOpen)),
          gasPerLane50: rounded(first, 0),
          gasPerLane50Later: rounded(later, 0),
        },
        notes: [
          'Fifty payers of one node, lanes that were never paid before; later: the same again.',
        ],
      }
    } finally {
      await chain.stop()
    }
  },
}

async function openPayer(chain: DevelopmentChain) {
  const privateKey = createPrivateKey()
  const clientPeerId = peerIdFromPrivateKey(privateKey)
  const signer = addressFromPeerId(clientPeerId)
  const wallet = await chain.createWallet()
  const { timestamp } = await chain.reader.getBlock()
  const limit = { capWei, expiry: Number(timestamp) + 86_400, committedWei: 0n }
  const { gasUsed } = await wallet.open({ salt, signer, ...limit })
  const channelId = channelIdOf(wallet.address, salt)
  const funds = { ...chain.channels.contract, channelId, grant: null }
  const payer = await createPayer({ privateKey, funds, limit, store: new MemoryLedgers() })
  return {
    gasOpen: Number(gasUsed),
    async pay(payee: Payee, payeePeerId: string, outputTokens: number): Promise<void> {
      const lane = payer.lane({ payeePeerId, modelCid })
      const voucher = await lane.open()
      const job = await payee.openJob({ clientPeerId, modelCid, funds, voucher, price, policy })
      const terms = { price, inputTokens: 1, maxOutputTokens: outputTokens, maxUnpaidWei: 0n }
      const paid = await (await lane.begin(terms)).finish(outputTokens)
      job.start(1)
      job.delivered(outputTokens)
      if (paid) await job.take(paid)
      await job.close()
    },
  }
}

/** @returns the gas that all of it took */
async function redeem(chain: DevelopmentChain, payee: Payee): Promise<number> {
  const sender = await chain.createWallet({ tokens: 0n })
  let gasUsed = 0n
  await payee.redeem({
    policy,
    async send(call) {
      gasUsed += (await sender.redeem(call)).receipt.gasUsed
    },
  })
  return Number(gasUsed)
}

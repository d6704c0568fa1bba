/**
 * Runs inside the browser of `bench vouchers`: signs and checks, bare and with all that a payer and a payee do
 * around it.
 * @module
 */
import {
  type ChannelsView,
  createPayee,
  createPayer,
  createVoucherHasher,
  creditPolicyFor,
  isSignedBy,
  laneBetween,
} from '@weft/payments'
import {
  createPrivateKey,
  type Funds,
  peerIdFromPrivateKey,
  publicKeyFromPeerId,
  signHash,
  type Voucher,
} from '@weft/protocol'
import { createBrowserStores, openDatabase } from '@weft/storage'

export type VoucherPage = {
  /** @returns vouchers a second: hashed and signed, hashed and checked */
  bare(count: number): { signPerSecond: number; checkPerSecond: number }
  /** @returns vouchers a second: also within the cap, and written to IndexedDB */
  whole(count: number): Promise<{ payPerSecond: number; takePerSecond: number }>
  /** @returns what a node does for a paid token beyond a free one, all of it, milliseconds */
  node(tokens: number): Promise<{ nodeMsPerToken: number }>
}

const capWei = 10n ** 24n
const expiry = Math.floor(Date.now() / 1000) + 86_400
const price = { inputWeiPerMillion: 0n, outputWeiPerMillion: 10n ** 12n }
const tokensOfVoucher = 32
const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const funds: Funds = {
  chainId: 31_337,
  contract: `0x${'c0'.repeat(20)}`,
  channelId: `0x${'07'.repeat(32)}`,
  grant: null,
}

/** A chain on which nothing happens: reading one is measured elsewhere. */
const channels: ChannelsView = {
  contract: funds,
  withdrawDelay: 86_400,
  async readLane() {
    const nothing = { committedWei: 0n, paidWei: 0n, reservedWei: 0n, grantedWei: 0n }
    return { capWei, expiry, isDisputed: false, ...nothing }
  },
}

async function perSecond(count: number, work: () => unknown): Promise<number> {
  const startedMs = performance.now()
  await work()
  return (1000 * count) / (performance.now() - startedMs)
}

function perSecondNow(count: number, work: () => void): number {
  const startedMs = performance.now()
  work()
  return (1000 * count) / (performance.now() - startedMs)
}

/** A payer and a payee that have just met, with accounts on disk. */
async function openAccounts(maxOutputTokens: number) {
  const privateKey = createPrivateKey()
  const peerId = peerIdFromPrivateKey(createPrivateKey())
  const store = createBrowserStores(await openDatabase('bench-vouchers')).ledgers
  const payer = await createPayer({
    privateKey,
    funds,
    limit: { capWei, expiry, committedWei: 0n },
    store,
  })
  const payee = await createPayee({ peerId, channels, store })
  const bill = await payer.lane({ payeePeerId: peerId, modelCid }).begin({
    price,
    inputTokens: 1,
    maxOutputTokens,
    maxUnpaidWei: 1n,
  })
  const job = await payee.openJob({
    clientPeerId: peerIdFromPrivateKey(privateKey),
    modelCid,
    funds,
    voucher: null,
    price,
    policy: { ...creditPolicyFor(price), maxUnredeemedWei: capWei },
  })
  return { bill, job }
}

const voucherPage: VoucherPage = {
  bare(count) {
    const privateKey = createPrivateKey()
    const payerPeerId = peerIdFromPrivateKey(privateKey)
    const payeePeerId = peerIdFromPrivateKey(createPrivateKey())
    const lane = laneBetween(funds, { payerPeerId, payeePeerId, modelCid })
    const hash = createVoucherHasher(funds, lane)
    const publicKey = publicKeyFromPeerId(payerPeerId)
    const signatures: Uint8Array[] = []
    const amounts = Array.from({ length: count }, (_, index) => BigInt(index) * 10n ** 12n)
    const signPerSecond = perSecondNow(count, () => {
      for (const amount of amounts) signatures.push(signHash(hash(amount), privateKey))
    })
    let right = 0
    const checkPerSecond = perSecondNow(count, () => {
      for (const [index, amount] of amounts.entries()) {
        const signature = signatures[index] ?? new Uint8Array(64)
        if (isSignedBy(hash(amount), signature, publicKey)) right += 1
      }
    })
    if (right !== count) throw new Error(`${count - right} of ${count} signatures are wrong.`)
    return { signPerSecond, checkPerSecond }
  },

  async whole(count) {
    const outputTokens = count * tokensOfVoucher
    const { bill, job } = await openAccounts(outputTokens)
    const vouchers: Voucher[] = []
    const payPerSecond = await perSecond(count, async () => {
      for (let tokens = tokensOfVoucher; tokens <= outputTokens; tokens += tokensOfVoucher) {
        const voucher = await bill.received(tokens)
        if (voucher) vouchers.push(voucher)
      }
    })
    const takePerSecond = await perSecond(count, async () => {
      for (const [index, voucher] of vouchers.entries()) {
        job.delivered((index + 1) * tokensOfVoucher)
        await job.take(voucher)
      }
    })
    if (vouchers.length !== count || !(await job.settled())) {
      throw new Error(`${vouchers.length} of ${count} vouchers, and they do not pay for all.`)
    }
    await job.close()
    return { payPerSecond, takePerSecond }
  },

  async node(tokens) {
    const { bill, job } = await openAccounts(tokens)
    const vouchers = new Map<number, Voucher>()
    for (let at = tokensOfVoucher; at <= tokens; at += tokensOfVoucher) {
      const voucher = await bill.received(at)
      if (voucher) vouchers.set(at, voucher)
    }
    let taking: Promise<void> = Promise.resolve()
    const tokensPerSecond = await perSecond(tokens, async () => {
      for (let sent = 1; sent <= tokens; sent += 1) {
        // As `serve` does; a voucher is written down while tokens go on.
        await job.ready()
        job.delivered(sent)
        const voucher = vouchers.get(sent)
        if (voucher) taking = job.take(voucher)
      }
      await taking
    })
    if (!(await job.settled())) throw new Error('The vouchers do not pay for all.')
    await job.close()
    return { nodeMsPerToken: 1000 / tokensPerSecond }
  },
}

Object.assign(window, { voucherPage })

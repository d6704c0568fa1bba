/**
 * Nodes, verifiers and a client with money at stake on a chain of their own; some of them are one coalition. What
 * each has is read from the chain, so nothing is gained that is not counted.
 * @module
 */
import { numberEpoch } from '@weft/payments'
import { channelIdOf, registryRoles } from '@weft/payments/chain'
import { type DevelopmentChain, startDevelopmentChain } from '@weft/payments/testing'
import {
  addressFromPeerId,
  createPrivateKey,
  type Hex,
  type PrivateKey,
  peerIdFromPrivateKey,
  type Receipt,
  randomBytes,
  receiptId,
  signReceipt,
  signVerdict,
  type Verdict,
} from '@weft/protocol'
import { getAddress, nonceManager, parseEther } from 'viem'
import { wealthOf as wealthOfAll } from './wealth.ts'

const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const stakeWei = parseEther('100')
/** A panel of five, and of fifteen after an appeal: what a public network would have. */
const rules = { panelSize: 5n, appealSize: 15n }
const salt = `0x${'00'.repeat(32)}` as const
const capWei = parseEther('10')

export type Town = Awaited<ReturnType<typeof openTown>>
export type Citizen = Awaited<ReturnType<typeof settle>>
type Payer = Awaited<ReturnType<typeof openPayer>>

export type TownInit = {
  verifiers: number
  /** Of them, the first so many. */
  colluding: number
}

export async function openTown({ verifiers: count, colluding }: TownInit) {
  const chain = await startDevelopmentChain(rules)
  const { reader, control, channels } = chain

  const honestNode = await settle(chain, 'compute')
  const cheat = await settle(chain, 'compute')
  const verifiers: Citizen[] = []
  for (let index = 0; index < count; index += 1) verifiers.push(await settle(chain, 'verify'))
  const coalition = {
    verifiers: verifiers.slice(0, colluding),
    cheat,
    payer: await openPayer(chain),
  }
  const honest = verifiers.slice(colluding)
  const [someone] = honest
  if (!someone) throw new Error('Nobody is honest.')
  const { view } = someone

  async function seconds(): Promise<number> {
    return Number((await reader.getBlock()).timestamp)
  }

  async function wait(forSeconds: number): Promise<void> {
    await control.setNextBlockTimestamp({ timestamp: BigInt((await seconds()) + forSeconds) })
    await control.mine({ blocks: 1 })
  }

  /** The next epoch comes and is recorded. @returns its number */
  async function passEpoch(): Promise<number> {
    await wait(view.rules.epochSeconds)
    await numberEpoch(view)
    return view.lastEpoch()
  }

  /** What all of them have together, wherever it lies, in wei of the token. */
  async function wealthOf(citizens: readonly Citizen[], payer?: Payer) {
    const sum = await wealthOfAll({ view, chain }, citizens)
    if (!payer) return sum
    const { wallet, channelId, address } = payer
    const had = await channels.readAccount(wallet.address)
    const {
      capWei: cap,
      committedWei,
      bondWei,
    } = await channels.readCollateral({
      channelId,
      signer: address,
    })
    // Its bond comes back: it is no cost.
    return sum + had.walletWei + had.depositWei + cap - committedWei + bondWei
  }

  await passEpoch()
  return {
    chain,
    view,
    honestNode,
    coalition,
    honest,
    seconds,
    wait,
    passEpoch,
    wealthOf,
    /** Does it, and undoes all that it has done to the chain. */
    async apart<Result>(trial: () => Promise<Result>): Promise<Result> {
      const id = await control.snapshot()
      try {
        return await trial()
      } finally {
        await control.revert({ id })
        for (const { address } of [honestNode, cheat, ...verifiers])
          nonceManager.reset({ address: getAddress(address), chainId: chain.chainId })
      }
    },
    close: () => chain.stop(),
  }
}

/** A tab's key with stake, a wallet that owns it, and coins for both. */
async function settle(chain: DevelopmentChain, role: keyof typeof registryRoles) {
  const privateKey = createPrivateKey()
  const {
    operator: address,
    owner,
    court,
  } = await chain.enrol(privateKey, {
    roles: registryRoles[role],
    stakeWei,
  })
  if (role === 'verify') await court.takeSeat(address)
  const view = await chain.court(privateKey)
  return { privateKey, peerId: peerIdFromPrivateKey(privateKey), address, owner, court, view }
}

/** A client of the coalition: it pays its own node for answers that nobody asked for. */
async function openPayer(chain: DevelopmentChain) {
  const privateKey = createPrivateKey()
  const wallet = await chain.createWallet()
  const { timestamp } = await chain.reader.getBlock()
  const address = addressFromPeerId(peerIdFromPrivateKey(privateKey))
  await wallet.open({ salt, signer: address, capWei, expiry: Number(timestamp) + 86_400 })
  return { privateKey, address, wallet, channelId: channelIdOf(wallet.address, salt) }
}

export type ReceiptInit = {
  node: { privateKey: PrivateKey }
  endedAtMs: number
  paidBy?: { peerId: string; channelId: Hex; costWei: bigint }
}

/** What a node signs, of an answer that is like no other. */
export function receiptOf({ node, endedAtMs, paidBy }: ReceiptInit): Receipt {
  const hash = randomBytes(32)
  const costWei = paidBy?.costWei ?? 0n
  return signReceipt(
    {
      version: 1,
      jobId: hash,
      modelCid,
      tokenizerHash: hash,
      samplerHash: hash,
      nodePeerId: peerIdFromPrivateKey(node.privateKey),
      clientPeerId: paidBy?.peerId ?? peerIdFromPrivateKey(createPrivateKey()),
      nonce: hash,
      inputTokens: 10,
      firstToken: 0,
      outputTokens: 1_000,
      tokenChain: [hash],
      textHash: hash,
      finishReason: 'stop',
      engine: { runtime: 'test', backend: 'wasm', device: '' },
      price: { inputWeiPerMillion: 0n, outputWeiPerMillion: 1_000n * costWei },
      costWei,
      channelId: paidBy?.channelId ?? null,
      prefillMs: 1,
      decodeMs: 1,
      endedAtMs,
    },
    node.privateKey,
  )
}

/** What those of `citizens` who are on the panel say. */
export function verdictsOf(
  citizens: readonly Citizen[],
  {
    panel,
    receipt,
    isFalse,
    court,
  }: { panel: readonly Hex[]; receipt: Receipt; isFalse: boolean; court: Verdict['court'] },
): Verdict[] {
  return citizens
    .filter(({ address }) => panel.includes(address))
    .map(({ privateKey, peerId: verifierPeerId }) => {
      const about = { receiptId: receiptId(receipt), isFalse, finding: randomBytes(32) }
      return signVerdict({ verifierPeerId, ...about, court }, privateKey)
    })
}

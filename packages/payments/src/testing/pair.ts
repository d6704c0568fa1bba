/**
 * A payer and a payee that know each other, for tests.
 * @module
 */
import { createPrivateKey, type Funds, type Price, peerIdFromPrivateKey } from '@weft/protocol'
import { type CreditPolicy, creditPolicyFor } from '../payee/credit-policy.ts'
import type { Earning } from '../payee/earning-lane.ts'
import type { LaneOnChain } from '../payee/lane-on-chain.ts'
import { createPayee } from '../payee/payee.ts'
import type { Commitment } from '../payer/cap.ts'
import { createPayer } from '../payer/payer.ts'
import { ChainInMemory } from './chain-in-memory.ts'
import { MemoryLedgers } from './memory-ledgers.ts'

const testModelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'

export type PairInit = {
  price: Price
  chain?: Partial<LaneOnChain>
  policy?: Partial<CreditPolicy>
}

export async function createPair({ price, ...init }: PairInit) {
  const chain = new ChainInMemory(init.chain)
  const keys = { payer: createPrivateKey(), payee: createPrivateKey() }
  const payerPeerId = peerIdFromPrivateKey(keys.payer)
  const payeePeerId = peerIdFromPrivateKey(keys.payee)
  const funds: Funds = { ...chain.contract, channelId: `0x${'07'.repeat(32)}`, grant: null }
  const stores = {
    payer: new MemoryLedgers<Commitment>(),
    payee: new MemoryLedgers<Earning>(),
  }
  const { capWei, expiry } = chain.state
  const openPayer = () =>
    createPayer({
      privateKey: keys.payer,
      funds,
      limit: { capWei, expiry },
      store: stores.payer,
    })
  const openPayee = () => createPayee({ peerId: payeePeerId, channels: chain, store: stores.payee })
  const policy = { ...creditPolicyFor(price), unpaidMs: 50, ...init.policy }
  const job = { clientPeerId: payerPeerId, modelCid: testModelCid, funds, price, policy }
  const to = { payeePeerId, modelCid: testModelCid }
  return { chain, keys, funds, stores, policy, job, to, openPayer, openPayee }
}

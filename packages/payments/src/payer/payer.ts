/**
 * The payer's half: what one key has promised to whom, and the next voucher. A total is written down before the
 * voucher that says it leaves, so it never goes back, whatever crashes; and all totals together stay within the
 * cap, whatever is asked for at the same time.
 *
 *   lane = payer.lane(node, model)
 *   lane.open()            goes out with the job: settles what an earlier job left open
 *   bill = lane.begin()    once the quote is there; holds what the job can cost
 *   bill.start()           with `accept`: a voucher where the prompt is dear
 *   bill.received(tokens)  with every delta: a voucher when enough has come
 *   bill.finish(tokens)    with the receipt: the rest; or bill.abandon() when the node is lost
 * @module
 */
import {
  addressFromPeerId,
  type Funds,
  type Grant,
  type Hex,
  type PrivateKey,
  peerIdFromPrivateKey,
  signHash,
} from '@weft/protocol'
import { positive } from '../amounts.ts'
import { laneBetween } from '../lane.ts'
import type { LedgerStore } from '../ledger.ts'
import { accountsLost, overCap } from '../payment-errors.ts'
import { hashGrant } from '../typed-hashes.ts'
import { Cap, type Commitment, type SpendingLimit } from './cap.ts'
import { PayerLane } from './payer-lane.ts'

export type PayerInit = {
  /** The tab's own. */
  privateKey: PrivateKey
  funds: Funds
  /** The key's cap on chain; under a grant, what that allows. */
  limit: SpendingLimit
  store: LedgerStore<Commitment>
  /** Whether this money may go to a key at all; to every key where it is left out. */
  paysTo?: ((payee: Hex) => Promise<boolean>) | undefined
  nowMs?: () => number
}

/** Money as a payer sees it, in wei. */
export type Spending = SpendingLimit & {
  /** Promised, or locked for somebody. */
  promisedWei: bigint
  /** For new jobs: less than what is not promised while jobs run. */
  freeWei: bigint
  commitments: Commitment[]
}

export type GrantInit = { grantee: Hex; capWei: bigint; expiry: number }

export type Payer = {
  readonly funds: Funds
  /** Lower case. */
  readonly address: Hex
  lane(to: { payeePeerId: string; modelCid: string }): PayerLane
  /** Whether its funds can pay that node: private credits pay registered ones only. @throws what `paysTo` throws */
  paysTo(payeePeerId: string): Promise<boolean>
  spending(): Spending
  /** After the key got more, or longer. @throws WeftError `payments/accounts-lost` */
  setLimit(limit: SpendingLimit): void
  /**
   * Lets another key spend a part of the cap. Again for the same key: `capWei` is what it may spend in all.
   * @throws WeftError `payments/over-cap`; what the store throws
   */
  grant(init: GrantInit): Promise<Grant>
}

/**
 * @throws WeftError `payments/accounts-lost` when the chain has paid more than these accounts have promised: what
 *   else was promised cannot be known, and a key that promises more than its cap loses its bond
 * @throws what the store throws
 */
export async function createPayer({
  privateKey,
  funds,
  limit,
  store,
  paysTo,
  nowMs = Date.now,
}: PayerInit): Promise<Payer> {
  const payerPeerId = peerIdFromPrivateKey(privateKey)
  const address = addressFromPeerId(payerPeerId)
  const { chainId, contract, channelId } = funds
  const ledger = await store.open(`payer/${chainId}/${contract}/${channelId}/${address}`)
  const cap = new Cap({ ledger, limit, nowMs })
  checkAccounts(cap, limit)
  const lanes = new Map<Hex, PayerLane>()

  return {
    funds,
    address,
    lane(to) {
      const lane = laneBetween(funds, { payerPeerId, ...to })
      const made = new PayerLane({ cap, contract: funds, lane, privateKey })
      const known = lanes.get(made.id) ?? made
      lanes.set(known.id, known)
      return known
    },
    paysTo: async (payeePeerId) => (await paysTo?.(addressFromPeerId(payeePeerId))) ?? true,
    spending() {
      const { commitments, promisedWei, freeWei } = cap
      return { ...cap.limit, commitments, promisedWei, freeWei }
    },
    setLimit(changed) {
      checkAccounts(cap, changed)
      cap.limit = changed
    },
    async grant({ grantee, capWei, expiry }) {
      await cap.change(grantee, (known) => {
        const nothing = { payee: null, model: null, arrivedWei: 0n, reservedWei: 0n }
        const { promisedWei, ...rest } = known ?? { ...nothing, id: grantee, promisedWei: 0n }
        const more = positive(capWei - promisedWei)
        if (more > cap.freeWei) throw overCap(more, cap.freeWei)
        return { ...rest, promisedWei: promisedWei + more }
      })
      const hash = hashGrant(funds, { signer: address, grantee, capWei, expiry })
      return { signer: address, capWei, expiry, signature: signHash(hash, privateKey) }
    },
  }
}

function checkAccounts({ promisedWei }: Cap, { committedWei }: SpendingLimit): void {
  if (committedWei > promisedWei) throw accountsLost(committedWei - promisedWei)
}

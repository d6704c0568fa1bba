/**
 * The money of one tab: what its key may spend, and what it has earned. On one chain at a time and on none at
 * first: all is free then.
 * @module
 */
import {
  type ChannelsView,
  type Commitment,
  type CreditPolicy,
  createPayee,
  createPayer,
  creditPolicyFor,
  type EarningTotals,
  type GrantInit,
  type LedgerRecord,
  type LedgerStore,
  type Payee,
  type PayeeRecord,
  type Payer,
  type PlannedRedemption,
  type RedeemInit,
  type RegistrationInit,
  type Spending,
  type SpendingLimit,
  signRegistration,
} from '@weft/payments'
import type { accountOfKey } from '@weft/payments/chain'
import {
  addressFromPeerId,
  type Funds,
  freePrice,
  type Grant,
  type Hex,
  type Price,
  WeftError,
} from '@weft/protocol'
import type { Identity, KeyPayer, Ledgers } from '@weft/storage'
import { askSponsor, type SponsorInit } from './ask-sponsor.ts'
import { type Cell, createCell } from './cell.ts'
import type { WaitOptions } from './tab.ts'

/** Whose money pays, and how much of it this tab's key may spend, as the chain says it. */
export type Funding = {
  funds: Funds
  limit: SpendingLimit
  /** Whether this money may go to a key at all; to every key where it is left out. Asked before a node is. */
  paysTo?: (payee: Hex) => Promise<boolean>
}

/** Money of somebody else, up to a cap and for a while. */
export type GrantedFunds = Funds & { grant: Grant }

/** What this tab has earned, in wei, before the shares of the model's publisher and of the pools. */
type Earnings = EarningTotals & {
  /** What redeeming everything now would bring. */
  redeemableWei: bigint
  /** From then on, in seconds since 1970, some of it is lost; null where nothing is redeemable. */
  redeemBy: number | null
}

export type WorthRedeeming = {
  /** What the tab asks: a payer is trusted with so many tokens of it before they are redeemed. */
  price: Price
  /** Of one transaction, in wei. A lane with less than a thousandth of it is left where it is. */
  fromWei: bigint
}

type RedeemOptions = WaitOptions & {
  /** Only what is worth it, or would soon be lost; by default everything. */
  worth?: WorthRedeeming
}

export interface Purse {
  /** Of the tab's key, lower case: whom a wallet lets spend, and whom others pay. */
  readonly address: Hex
  /** Null while nobody lets this tab spend; told again with every promise. */
  readonly spending: Cell<Spending | null>
  /** Null while no chain is known. */
  readonly earnings: Cell<Earnings | null>
  /** Where this tab is paid from now on; null: nowhere. @throws what the store throws */
  earnOn(channels: ChannelsView | null): Promise<void>
  /**
   * Who pays for what this tab asks from now on; null: nobody, so only free nodes are asked.
   * @throws WeftError `payments/accounts-lost`, and nobody pays then; what the store throws
   */
  fund(funding: Funding | null): Promise<void>
  /**
   * Lets another key spend a part of what this tab may spend. Again for the same key: `capWei` is what it may spend
   * in all.
   * @returns what that key pays with
   * @throws WeftError `payments/no-funds` while nobody lets this tab spend, `payments/over-cap`
   */
  grant(init: GrantInit): Promise<GrantedFunds>
  /**
   * Asks an app's gateway for a grant to this tab's key; `fund` is what spends it, behind a look at the chain.
   * @throws WeftError `sponsor/*`, `grants/*`
   */
  askSponsor(init: SponsorInit, options?: WaitOptions): Promise<GrantedFunds>
  /** What can be redeemed now by what is known of the chain, a transaction each. */
  redemptions(worth?: WorthRedeeming): PlannedRedemption[]
  /** Looks at the chain again for what was redeemed or revoked. @throws WeftError `payments/chain-lost` */
  refresh(options?: RedeemOptions): Promise<void>
  /**
   * Looks at the chain and redeems what is due; whoever sends it pays the gas. By a timer while this tab serves,
   * or by hand; calls wait for each other, so nothing is sent twice.
   * @returns what was redeemed
   * @throws what `send` throws; WeftError `payments/chain-lost`
   */
  redeem(send: RedeemInit['send'], options?: RedeemOptions): Promise<PlannedRedemption[]>
  /** The tab's key as it sends transactions; loads what talks to a chain. */
  account(): Promise<ReturnType<typeof accountOfKey>>
  /**
   * Of the key that this tab can change to, so that it can be let spend before. The same one until then; one that a
   * wallet lets spend is never one that a ticket pays for, or the chain would tell whose ticket it was.
   */
  nextAddress(payer: KeyPayer): Promise<Hex>
  /** This tab has that key, and is another peer, from its next opening on. What it has earned must be redeemed before. */
  takeNextKey(payer: KeyPayer): Promise<void>
  /** The tab's key agrees to a wallet that owns it: see Registry. */
  agree(registration: RegistrationInit): Hex
}

/** What pays and is paid: for the two halves of the road. */
export type OpenPurse = {
  purse: Purse
  payer(): Payer | null
  payee(): Payee | null
  /** What came in the last second is checked and written down. Never rejects. */
  close(): Promise<void>
}

export type PurseInit = {
  identity: Omit<Identity, 'release'>
  ledgers: Ledgers
}

/** As of a payee: null while there is none. */
function earningsOf(payee: Payee | null): Earnings | null {
  if (!payee) return null
  const planned = payee.plan(byHand)
  return {
    ...payee.totals(),
    redeemableWei: planned.reduce((sum, { wei }) => sum + wei, 0n),
    redeemBy: planned.length > 0 ? Math.min(...planned.map(({ deadline }) => deadline)) : null,
  }
}

/** A person who redeems by hand looks at the fee in the wallet: nothing is too small. */
const byHand = { ...creditPolicyFor(freePrice), redeemLaneFromWei: 1n, redeemBatchFromWei: 1n }

export function createPurse({ identity, ledgers }: PurseInit): OpenPurse {
  const { privateKey, peerId } = identity
  const spending = createCell<Spending | null>(null)
  const earnings = createCell<Earnings | null>(null)
  let payer: Payer | null = null
  let payee: Payee | null = null
  const tellSpending = () => spending.set(payer?.spending() ?? null)
  const tellEarnings = () => earnings.set(earningsOf(payee))
  /** What cannot be kept is a second of vouchers at most. */
  const settle = async () => {
    await payee?.settle().catch(() => {})
  }
  /** Accounts have one writer, so they are opened one after the other. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (change: () => Promise<void>): Promise<void> => {
    const done = last.then(change)
    last = done.catch(() => {})
    return done
  }

  const purse: Purse = {
    address: addressFromPeerId(peerId),
    spending,
    earnings,
    earnOn: (channels) =>
      inTurn(async () => {
        await settle()
        payee = channels
          ? await createPayee({
              peerId,
              channels,
              store: telling<PayeeRecord>(ledgers, tellEarnings),
            })
          : null
        tellEarnings()
      }),
    fund: (funding) =>
      inTurn(async () => {
        const known = payer
        // Nothing is spent where the chain and the accounts do not agree.
        payer = null
        try {
          if (funding && known && isSame(known.funds, funding.funds)) {
            known.setLimit(funding.limit)
            payer = known
          } else if (funding) {
            const store = telling<Commitment>(ledgers, tellSpending)
            payer = await createPayer({ privateKey, store, ...funding })
          }
        } finally {
          tellSpending()
        }
      }),
    async grant(init) {
      if (!payer) throw new WeftError('payments/no-funds', 'Nobody lets this tab spend anything.')
      return { ...payer.funds, grant: await payer.grant(init) }
    },
    askSponsor: (init, options) => askSponsor(init, privateKey, options),
    redemptions: (worth) => payee?.plan(policyOf(worth)) ?? [],
    async refresh({ worth, signal } = {}) {
      await payee?.refresh({ signal, fromWei: policyOf(worth).redeemLaneFromWei })
      tellEarnings()
    },
    async redeem(send, { worth, signal } = {}) {
      try {
        return (await payee?.redeem({ policy: policyOf(worth), send }, { signal })) ?? []
      } finally {
        tellEarnings()
      }
    },
    async account() {
      const { accountOfKey } = await import('@weft/payments/chain')
      return accountOfKey(privateKey)
    },
    nextAddress: async (payer) => addressFromPeerId(await identity.nextPeerId(payer)),
    takeNextKey: (payer) => identity.takeNext(payer),
    agree: (registration) => signRegistration(registration, privateKey),
  }
  return { purse, payer: () => payer, payee: () => payee, close: settle }
}

function policyOf(worth: WorthRedeeming | undefined): CreditPolicy {
  if (!worth) return byHand
  const { price, fromWei } = worth
  const credit = creditPolicyFor(price)
  const laneWei = fromWei / 1_000n
  return {
    ...credit,
    redeemBatchFromWei: fromWei,
    redeemLaneFromWei: laneWei > 0n ? laneWei : 1n,
    // A tab that asks for nothing now trusts nobody, and is in no hurry for that.
    maxUnredeemedWei: credit.maxUnredeemedWei > 0n ? credit.maxUnredeemedWei : 2n * fromWei,
  }
}

function isSame(a: Funds, b: Funds): boolean {
  return (
    a.chainId === b.chainId &&
    a.contract === b.contract &&
    a.channelId === b.channelId &&
    a.grant === b.grant
  )
}

/** Accounts that tell when something was written: all that matters is. Once for what is written in one go. */
function telling<Entry extends LedgerRecord>(
  ledgers: Ledgers,
  tell: () => void,
): LedgerStore<Entry> {
  let isComing = false
  // Whoever writes changes its own view after that.
  const later = () => {
    if (isComing) return
    isComing = true
    setTimeout(() => {
      isComing = false
      tell()
    })
  }
  return {
    async open(owner) {
      const ledger = await ledgers.open<Entry>(owner)
      return {
        records: ledger.records,
        put: (...records) => ledger.put(...records).then(later),
        remove: (id, ...records) => ledger.remove(id, ...records).then(later),
      }
    },
  }
}

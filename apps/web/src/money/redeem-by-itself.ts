/**
 * Brings to the chain what this tab was promised, without asking anybody: anyone may redeem for a payee, so the
 * tab's own key does it as far as it has coins for the fees.
 * @module
 */
import {
  type ChainClients,
  type ChannelsReader,
  chainError,
  createChannelsWallet,
} from '@weft/payments/chain'
import type { WeftErrorData } from '@weft/protocol'
import type { Cell, Purse, WorthRedeeming } from '@weft/sdk'
import { toData } from '../site/open-site.ts'
import { createStore } from '../site/store.ts'
import { redemptionGas } from './worth-redeeming.ts'

type RedeemingState = {
  /** What the tab's key has for fees, in wei; null before the chain was asked. */
  gasWei: bigint | null
  /** What a redemption takes of that, at most; null before the chain was asked. */
  feeWei: bigint | null
  /** Why the last try failed; it is tried again. */
  error: WeftErrorData | null
}

export type Redeeming = {
  state: Cell<RedeemingState>
  /** Looks whether something is worth redeeming, and does it. Never rejects. */
  look(): Promise<void>
  /** Coins have come for the fees: looks at once, whatever failed before. Never rejects. */
  lookAgain(): Promise<void>
}

export type RedeemingInit = {
  purse: Pick<Purse, 'address' | 'refresh' | 'redemptions' | 'redeem'>
  reader: Pick<ChannelsReader, 'readAccount'>
  /** The tab's key as it sends. */
  clients(): Promise<ChainClients & Pick<Parameters<typeof createChannelsWallet>[0], 'deployment'>>
  /** What the owner says now. */
  worth(): WorthRedeeming
  nowMs?: () => number
}

/** A payer that revokes leaves a day: looking each hour is often enough, and kind to who answers. */
const refreshEveryMs = 3_600_000
/** After a failure, which the next minute would only repeat. */
const retryMs = 600_000
/** For all of it: a look at every lane, a transaction for each model. */
const timeoutMs = 300_000

async function feeOn({ reader }: Pick<ChainClients, 'reader'>): Promise<bigint> {
  try {
    const { maxFeePerGas } = await reader.estimateFeesPerGas()
    return redemptionGas * maxFeePerGas
  } catch (error) {
    throw chainError(error)
  }
}

export function createRedeeming(init: RedeemingInit): Redeeming {
  const { purse, reader, clients, worth, nowMs = Date.now } = init
  const state = createStore<RedeemingState>({ gasWei: null, feeWei: null, error: null })
  let [refreshAtMs, tryAtMs] = [0, 0]

  async function redeem(): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs)
    if (nowMs() >= refreshAtMs) {
      await purse.refresh({ worth: worth(), signal })
      refreshAtMs = nowMs() + refreshEveryMs
    }
    const own = await clients()
    const [{ gasWei }, feeWei] = await Promise.all([reader.readAccount(purse.address), feeOn(own)])
    state.update((now) => ({ ...now, gasWei, feeWei }))
    // Less than the fee of a full batch may do for a small one.
    if (gasWei > 0n && purse.redemptions(worth()).length > 0) {
      const channels = createChannelsWallet(own)
      await purse.redeem((call) => channels.redeem(call), { worth: worth(), signal })
      const after = await reader.readAccount(purse.address)
      state.update((now) => ({ ...now, gasWei: after.gasWei }))
    }
    state.update((now) => ({ ...now, error: null }))
  }

  async function attempt(): Promise<void> {
    if (nowMs() < tryAtMs) return
    try {
      await redeem()
    } catch (error) {
      tryAtMs = nowMs() + retryMs
      state.update((now) => ({ ...now, error: toData(error) }))
    }
  }

  let looking: Promise<void> | undefined
  function look(): Promise<void> {
    looking ??= attempt().finally(() => {
      looking = undefined
    })
    return looking
  }
  return {
    state,
    look,
    async lookAgain() {
      await looking
      tryAtMs = 0
      await look()
    },
  }
}

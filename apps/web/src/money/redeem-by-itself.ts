/**
 * Brings to the chain what this tab was promised, without asking anybody: anyone may redeem for a payee, so the
 * tab's own key does it as far as it has coins for the fees.
 * @module
 */
import { type ChainClients, type ChannelsReader, createChannelsWallet } from '@weft/payments/chain'
import type { WeftErrorData } from '@weft/protocol'
import type { Cell, Purse, WorthRedeeming } from '@weft/sdk'
import { toData } from '../site/open-site.ts'
import { createStore } from '../site/store.ts'

type RedeemingState = {
  /** What the tab's key has for fees, in wei; null before the chain was asked. */
  gasWei: bigint | null
  /** Why the last try failed; it is tried again. */
  error: WeftErrorData | null
}

export type Redeeming = {
  state: Cell<RedeemingState>
  /** Looks whether something is worth redeeming, and does it. Never rejects. */
  look(): Promise<void>
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

export function createRedeeming(init: RedeemingInit): Redeeming {
  const { purse, reader, clients, worth, nowMs = Date.now } = init
  const state = createStore<RedeemingState>({ gasWei: null, error: null })
  let [refreshAtMs, tryAtMs] = [0, 0]

  async function redeem(): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs)
    if (nowMs() >= refreshAtMs) {
      await purse.refresh({ signal })
      refreshAtMs = nowMs() + refreshEveryMs
    }
    const { gasWei } = await reader.readAccount(purse.address)
    state.update((now) => ({ ...now, gasWei }))
    if (gasWei === 0n || purse.redemptions(worth()).length === 0) return
    const channels = createChannelsWallet(await clients())
    await purse.redeem((call) => channels.redeem(call), { worth: worth(), signal })
    const after = await reader.readAccount(purse.address)
    state.update(() => ({ gasWei: after.gasWei, error: null }))
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
  return {
    state,
    look() {
      looking ??= attempt().finally(() => {
        looking = undefined
      })
      return looking
    },
  }
}

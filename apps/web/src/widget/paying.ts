/**
 * Which of those that could pay does, as the visitor sees it.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'
import type { Cell } from '@weft/sdk'
import { type OpenedTab, toData } from '../site/open-site.ts'
import type { SiteConfig } from '../site/site-config.ts'
import { createStore } from '../site/store.ts'
import type { Spendable } from './frame-money.ts'
import type { PageLine } from './page-line.ts'

type Paying = {
  /** Null: nobody, so only tabs that answer for nothing are asked. */
  by: 'sponsor' | 'wallet' | null
  spendable: Spendable | null
  error: WeftErrorData | null
}

export type PayingWatch = {
  state: Cell<Paying>
  /** What was to be found out has been. Never rejects. */
  known: Promise<void>
  /** The visitor has gone to Weft's site to let this key spend: looks for that for a while. */
  followWallet(): void
}

export type PayingInit = {
  opened: Promise<OpenedTab>
  config: Promise<SiteConfig>
  line: Pick<PageLine, 'origin' | 'config'>
  /** A wallet pays only a key that is there at the next visit. */
  isKept: boolean
}

const lookEveryMs = 3_000
/** A person who opens a wallet and thinks. */
const lookMs = 10 * 60_000

export function watchPaying({ opened, config, line, isKept }: PayingInit): PayingWatch {
  const state = createStore<Paying>({ by: null, spendable: null, error: null })
  const begun = Promise.all([opened, config]).then(async ([{ tab }, { networks }]) => {
    const { openFrameMoney } = await import('./frame-money.ts')
    return openFrameMoney(tab.purse, networks)
  })
  begun.catch(() => {}) // `known` says what failed.

  async function settle(looks: boolean): Promise<boolean> {
    const money = await begun
    const spendable = (await money?.letWalletPay({ looks })) ?? null
    if (spendable) state.update(() => ({ by: 'wallet', spendable, error: null }))
    return spendable !== null
  }

  /** The visitor's own wallet first: who has gone to it wants it. */
  async function begin(): Promise<void> {
    if (isKept && (await settle(false))) return
    const { sponsor } = line.config.get()
    const money = await begun
    if (!sponsor || !money) return
    const spendable = await money.letSponsorPay(sponsor, line.origin)
    state.update(() => ({ by: 'sponsor', spendable, error: null }))
  }

  return {
    state,
    known: begin().catch((error) => state.update((now) => ({ ...now, error: toData(error) }))),
    followWallet() {
      const endMs = performance.now() + lookMs
      const look = async () => {
        const isThere = await settle(true).catch(() => false) // The chain is asked again.
        if (!isThere && performance.now() < endMs) setTimeout(look, lookEveryMs)
      }
      void look()
    },
  }
}

/**
 * Brings together what the chain says and what this tab pays with. A person without a wallet has none of it,
 * and nothing is fetched for it.
 * @module
 */
import type { Hex, WeftErrorData } from '@weft/protocol'
import type { Cell, Purse } from '@weft/sdk'
import { type OpenedTab, toData } from '../site/open-site.ts'
import { createStore } from '../site/store.ts'
import type { LazyWallet } from '../wallet/lazy-wallet.ts'
import type { PayingNetwork, WalletActions } from '../wallet/wallet-state.ts'
import { forgetKeptPayer, keysOfPayer, readKeptPayer, writeKeptPayer } from './kept-payer.ts'
import type { PageFunds } from './page-funds.ts'
import type { Redeeming } from './redeem-by-itself.ts'
import { worthRedeeming } from './worth-redeeming.ts'

type MoneyState = {
  /** Where this page pays; null before a wallet was connected. */
  network: PayingNetwork | null
  /** Null before the chain was asked. */
  funds: PageFunds | null
  /** Why the chain could not be asked. */
  error: WeftErrorData | null
}

export type Money = {
  state: Cell<MoneyState>
  /** Asks the chain what this page may spend of a wallet's money, and spends it from then on. Never rejects. */
  look(payer: Hex, network: PayingNetwork): Promise<void>
  /** What this page could spend when it was left is known again, or that it cannot be. Never rejects. */
  restored: Promise<void>
  /** This tab can be paid from now on, and redeems by itself. @throws WeftError why it cannot */
  earn(): Promise<void>
  /** Verdicts count for this tab from now on; it also happens when it pays or is paid. @throws WeftError why not */
  judge(): Promise<void>
  /** Null before this tab can be paid. */
  redeeming: Cell<Redeeming | null>
}

export type MoneyInit = {
  opened: Promise<Pick<OpenedTab, 'tab'>>
  wallet: Pick<LazyWallet, 'load'>
}

/** How often this tab looks whether something is worth redeeming. */
const redeemEveryMs = 60_000

/** A chain that cannot be reached now is asked again: until then this page pays nothing. */
const askAgainMs = 15_000

export function createMoney({ opened, wallet }: MoneyInit): Money {
  const state = createStore<MoneyState>({ network: null, funds: null, error: null })
  const redeeming = createStore<Redeeming | null>(null)
  let latest = 0
  let earning: Promise<void> | undefined
  let judging: Promise<void> | undefined

  async function look(payer: Hex, network: PayingNetwork): Promise<void> {
    const turn = ++latest
    try {
      const [{ tab }, loaded, { readPageFunds }] = await Promise.all([
        opened,
        wallet.load(),
        import('./page-funds.ts'),
      ])
      const reader = await loaded.reader(network)
      const signer = tab.purse.address
      const { chainId } = network
      const nowMs = Date.now()
      const credits = network.contracts.credits.toLowerCase()
      const kept = readKeptPayer(signer)
      // A ticket pays for this key, whichever wallet is looked at; its other keys are not asked about in one breath.
      const isPrivate = kept?.chainId === chainId && kept.payer.toLowerCase() === credits
      const asked = isPrivate
        ? { payer: kept.payer, signer, otherSigners: [], nowMs }
        : { payer, signer, otherSigners: keysOfPayer({ chainId, payer }), nowMs }
      const funds = await readPageFunds(reader, asked)
      if (turn !== latest) return
      const paysTo = isPrivate ? rememberYes((key) => reader.isRegistered(key)) : undefined
      const error = await fund(tab.purse, network, funds, paysTo).then(() => null, toData)
      if (funds.current) {
        writeKeptPayer(signer, { chainId, payer: funds.payer })
        judge().catch(() => {}) // Without it answers are checked by whoever is there.
      }
      for (const key of funds.emptied) forgetKeptPayer(key, { chainId, payer })
      // Where the page may not spend with its key, it must still show what can be done about it.
      state.update(() => ({ network, funds, error }))
    } catch (error) {
      if (turn === latest) state.update((now) => ({ ...now, network, error: toData(error) }))
    }
  }

  /** A tab that could spend when it was left can spend again, and asks no wallet for it. */
  async function restore(looked: () => void): Promise<void> {
    const { tab } = await opened
    const kept = readKeptPayer(tab.purse.address)
    if (!kept) return
    const { networks } = await wallet.load()
    const network = networks.find(({ chainId }) => chainId === kept.chainId)
    if (!network) return
    do {
      await look(kept.payer, network)
      looked()
      if (!state.get().error) return
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
    } while (state.get().funds === null)
  }

  async function openTill({ purse }: { purse: Purse }): Promise<void> {
    const [loaded, { createRedeeming }] = await Promise.all([
      wallet.load(),
      import('./redeem-by-itself.ts'),
    ])
    const network = payingNetwork(loaded)
    const reader = await loaded.reader(network)
    await purse.earnOn(reader)
    const clients = async () => {
      const own = loaded.clientsOf(network, await purse.account())
      return { ...own, deployment: network.contracts }
    }
    const begun = createRedeeming({ purse, reader, clients, worth: () => worthRedeeming() })
    redeeming.update(() => begun)
    setInterval(() => void begun.look(), redeemEveryMs)
    void begun.look()
    judge().catch(() => {}) // Nothing that it earns depends on it.
  }

  function judge(): Promise<void> {
    judging ??= Promise.all([opened, wallet.load(), import('./open-court.ts')])
      .then(([{ tab }, loaded, { openCourt }]) =>
        openCourt(tab, { wallet: loaded, network: payingNetwork(loaded) }),
      )
      .catch((error) => {
        judging = undefined // The next try begins anew.
        throw error
      })
    return judging
  }

  const restored = new Promise<void>((resolve) => {
    restore(resolve)
      .catch(() => {}) // The wallet's state says what failed.
      .finally(resolve)
  })
  return {
    state,
    look,
    restored,
    judge,
    redeeming,
    earn() {
      earning ??= opened
        .then(({ tab }) => openTill(tab))
        .catch((error) => {
          earning = undefined // The next try begins anew.
          throw error
        })
      return earning
    },
  }
}

function payingNetwork({ networks }: Pick<WalletActions, 'networks'>): PayingNetwork {
  const [network] = networks
  if (!network) throw new Error('The wallet was loaded without a network.')
  return network
}

async function fund(
  purse: Purse,
  { chainId, contracts }: PayingNetwork,
  { current }: PageFunds,
  paysTo: ((key: Hex) => Promise<boolean>) | undefined,
): Promise<void> {
  if (!current) return purse.fund(null)
  const { channelId, collateral } = current
  const { capWei, expiry, committedWei } = collateral
  const contract = contracts.channels.toLowerCase() as Hex
  await purse.fund({
    funds: { chainId, contract, channelId, grant: null },
    limit: { capWei, expiry, committedWei },
    ...(paysTo && { paysTo }),
  })
}

/** Who is registered stays so; who is not may be soon. */
function rememberYes(ask: (key: Hex) => Promise<boolean>): (key: Hex) => Promise<boolean> {
  const yes = new Set<Hex>()
  return async (key) => {
    if (!yes.has(key) && (await ask(key))) yes.add(key)
    return yes.has(key)
  }
}

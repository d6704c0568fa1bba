/**
 * Private credits of a browser: what it has bought and can spend by keys that nobody can tell its wallet by. What
 * hashes and proves is loaded when somebody buys or spends.
 * @module
 */
import type { CreditsReader } from '@weft/payments/chain'
import type {
  CreditsRef,
  Purchase,
  PurchaseStore,
  RelayedTicket,
  Ticket,
  TicketInit,
} from '@weft/payments/credits'
import { type Hex, WeftError } from '@weft/protocol'
import type { Prover, ProveStage } from '@weft/verification/proofs'
import { type Cell, createCell } from '../cell.ts'

/** What the chain is asked for. */
type Members = Pick<CreditsReader, 'members' | 'member' | 'isUsed' | 'spent'>

type SpendInit = {
  /** Of the purchase. */
  id: Hex
  /** The key that may spend then: one that this ticket had before, or one that never had any. */
  key: Hex
  reader: Members
  nowMs: number
}

type WithdrawInit = {
  /** Of the purchase. */
  id: Hex
  reader: Members
  /** Sends it, and waits until it is done: by any wallet, the money goes to the one that bought. */
  send(ticket: { denomination: number; identity: bigint; ticket: Ticket }): Promise<unknown>
}

type ProofOptions = { onStage?: (stage: ProveStage) => void; signal?: AbortSignal }

export type TabCredits = {
  /** In this browser; null before they are read. */
  purchases: Cell<readonly Purchase[] | null>
  /** Reads them again, since other tabs change them too. */
  refresh(): Promise<void>
  /** Draws a secret and keeps it, so that nothing is bought for one that could be lost. */
  prepare(at: CreditsRef, count: number): Promise<{ id: Hex; identity: bigint }>
  /**
   * Sets a ticket aside for a key and proves it: to be sent by anybody but the buyer's wallet.
   * @throws WeftError `payments/no-ticket`, `payments/no-member`; what the prover and the chain throw
   */
  spend(init: SpendInit, options?: ProofOptions): Promise<RelayedTicket>
  /**
   * Proves one unused ticket, in the open, and has it sent back. One whose way back failed comes first, since
   * somebody may have seen its proof.
   * @throws WeftError `payments/no-ticket`, `payments/no-member`; what the prover, the chain and `send` throw
   */
  withdraw(init: WithdrawInit, options?: ProofOptions): Promise<void>
  /** What is needed to have a purchase again elsewhere. Whoever has it can spend it. */
  backup(id: Hex): Promise<string>
  /**
   * Has a purchase here again, with what this browser has kept of it. Another that still has it must not spend it
   * any more: what it sets aside is not known here until the chain has it.
   * @throws WeftError `payments/no-backup`, `payments/no-member`; what the chain throws
   */
  restore(text: string, reader: Members): Promise<void>
}

export type TabCreditsInit = {
  store: PurchaseStore
  prover: () => Promise<Pick<Prover, 'prove'>>
}

/** Longer than a clock is wrong and a transaction waits; the same for all of a day, so that nobody is known by it. */
const daySeconds = 86_400n

export function createTabCredits({ store, prover }: TabCreditsInit): TabCredits {
  const purchases = createCell<readonly Purchase[] | null>(null)
  const refresh = async () => purchases.set(await store.list())

  async function find(id: Hex): Promise<Purchase> {
    const found = (await store.list()).find((purchase) => purchase.id === id)
    if (!found) throw noPurchase()
    return found
  }

  async function prove(init: TicketInit, { onStage, signal }: ProofOptions = {}): Promise<Ticket> {
    const { proveTicket } = await import('@weft/payments/credits')
    const proving = await prover()
    const how = { ...(onStage ? { onStage } : {}), ...(signal ? { signal } : {}) }
    return proveTicket(init, (input) => proving.prove('credit', input, how))
  }

  return {
    purchases,
    refresh,
    async prepare({ chainId, contract, denomination }, count) {
      const { drawSecret, identityOf } = await import('@weft/payments/credits')
      const secret = drawSecret()
      const identity = identityOf(secret)
      const id = toHex(identity)
      await store.put({
        id,
        secret: toHex(secret),
        chainId,
        contract,
        denomination,
        count,
        keys: [],
      })
      await refresh()
      return { id, identity }
    },
    async spend({ id, key, reader, nowMs }, options) {
      const { takeTicket } = await import('@weft/payments/credits')
      const { secret, chainId, contract, denomination } = await find(id)
      const members = await reader.members(denomination)
      const index = await takeTicket(store, id, key)
      await refresh()
      const at = { chainId, contract, denomination }
      const aliveAt = endOfTomorrow(nowMs)
      const ticket = await prove(
        { secret: BigInt(secret), index, at, members, key, aliveAt },
        options,
      )
      return { denomination, ticket, key }
    },
    async withdraw({ id, reader, send }, options) {
      const { markWithdrawn, nullifierOf, takeToWithdraw } = await import('@weft/payments/credits')
      const { chainId, contract, denomination, ...purchase } = await find(id)
      const [secret, at] = [BigInt(purchase.secret), { chainId, contract, denomination }]
      const member = await reader.member(denomination, BigInt(id))
      if (!member) throw noPurchase()
      const index = await takeToWithdraw(store, id)
      // Else it came back, and this tab was closed before it knew.
      if (!(await reader.isUsed(nullifierOf(secret, at, index)))) {
        const ticket = await prove(
          { secret, index, at, members: [member], key: null, aliveAt: 0n },
          options,
        )
        await send({ denomination, identity: member.identity, ticket })
      }
      await markWithdrawn(store, id, index)
      await refresh()
    },
    async backup(id) {
      const { backupText } = await import('@weft/payments/credits')
      const { chainId, contract, denomination, secret } = await find(id)
      return backupText({ chainId, contract, denomination, secret: BigInt(secret) })
    },
    async restore(text, reader) {
      const { identityOf, nullifierOf, readBackup, withdrawn } = await import(
        '@weft/payments/credits'
      )
      const backup = readBackup(text)
      if (!backup) throw noBackup()
      const { chainId, contract, denomination, secret } = backup
      const identity = identityOf(secret)
      const member = await reader.member(denomination, identity)
      if (!member) throw noPurchase()
      const count = Number(member.count)
      const onChain = await Promise.all(
        Array.from({ length: count }, async (_, index) => {
          const nullifier = nullifierOf(secret, backup, index)
          if (!(await reader.isUsed(nullifier))) return null
          return (await reader.spent(nullifier))?.key ?? withdrawn
        }),
      )
      const used = onChain.slice(0, onChain.findLastIndex((key) => key !== null) + 1)
      // One below that nobody has used yet was set aside elsewhere, and its proof may be on its way to the chain.
      const merge = (kept: readonly Hex[]) =>
        Array.from(
          { length: Math.max(kept.length, used.length) },
          (_, index) => used[index] ?? kept[index] ?? withdrawn,
        )
      const id = toHex(identity)
      const kept = await store.change(id, (purchase) => ({
        ...purchase,
        count,
        keys: merge(purchase.keys),
      }))
      const at = { chainId, contract, denomination }
      if (!kept) await store.put({ id, secret: toHex(secret), ...at, count, keys: merge([]) })
      await refresh()
    },
  }
}

function endOfTomorrow(nowMs: number): bigint {
  return (BigInt(Math.floor(nowMs / 1000)) / daySeconds + 2n) * daySeconds
}

function toHex(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, '0')}`
}

function noPurchase(): WeftError {
  return new WeftError(
    'payments/no-member',
    'Nothing was bought with this secret here. Wait until the purchase is confirmed, or choose its network.',
  )
}

function noBackup(): WeftError {
  return new WeftError(
    'payments/no-backup',
    'This is not the text of a purchase: it begins with weft-credit-1 and has five parts. Nothing was changed.',
  )
}

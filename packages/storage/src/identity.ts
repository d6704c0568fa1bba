/**
 * One key per tab, kept over reloads. Keys are numbered; a tab holds number n as long as it holds the
 * Web Lock of that name, so two open tabs of one person are two peers and a reloaded tab is the same.
 * @module
 */
import { createPrivateKey, type PrivateKey, peerIdFromPrivateKey, WeftError } from '@weft/protocol'
import type { Database } from './database.ts'

/** From there on lie the keys that tabs can change to. */
const maxSlots = 32
const slotKey = 'weft.identity-slot'
/** A reloading page frees its lock when its old document is gone, a moment after the new one asks. */
const reloadGraceMs = 2_000

/** Who lets a key spend. A wallet says in the open which keys it lets spend; a ticket must be tied to no wallet. */
export type KeyPayer = 'wallet' | 'ticket'

export type Identity = {
  privateKey: PrivateKey
  peerId: string
  /** The key of that kind that this tab can change to; the same one until it does. @returns its PeerId */
  nextPeerId(payer: KeyPayer): Promise<string>
  /** The tab has that key from its next opening on, and forgets the one that it has now. */
  takeNext(payer: KeyPayer): Promise<void>
  /** Lets another tab take this identity. Also happens by itself when the page goes. */
  release(): void
}

export type ClaimIdentityInit = {
  database: Database
  locks: LockManager
  /** Survives a reload of this tab only, e.g. `sessionStorage`. */
  session: Pick<Storage, 'getItem' | 'setItem'>
}

/**
 * Takes the identity this tab had before its reload, else the lowest free one.
 * @throws WeftError `storage/no-identity` when every slot is in use
 */
export async function claimIdentity({
  database,
  locks,
  session,
}: ClaimIdentityInit): Promise<Identity> {
  const previous = Number.parseInt(session.getItem(slotKey) ?? '', 10)
  const hadSlot = previous >= 0 && previous < maxSlots
  const order = [...Array(maxSlots).keys()].filter((slot) => slot !== previous)
  let held = hadSlot ? await holdSlot(locks, previous, reloadGraceMs) : undefined
  for (const slot of order) {
    held ??= await holdSlot(locks, slot, 0)
    if (held) break
  }
  if (!held) {
    throw new WeftError('storage/no-identity', `More than ${maxSlots} Weft tabs are open.`, {
      facts: ['Close one and reload this page.'],
    })
  }
  session.setItem(slotKey, String(held.slot))
  const { slot, release } = held
  const privateKey = await loadKey(database, slot)
  const nextSlots = { wallet: maxSlots + slot, ticket: 2 * maxSlots + slot }
  return {
    privateKey,
    peerId: peerIdFromPrivateKey(privateKey),
    nextPeerId: async (payer) => peerIdFromPrivateKey(await loadKey(database, nextSlots[payer])),
    async takeNext(payer) {
      const nextSlot = nextSlots[payer]
      const next = await loadKey(database, nextSlot)
      const { store, done } = database.transaction('identities', 'readwrite')
      await Promise.all([store.put(next, slot), store.delete(nextSlot), done])
    },
    release,
  }
}

async function loadKey(database: Database, slot: number): Promise<PrivateKey> {
  const transaction = database.transaction('identities', 'readwrite')
  const stored = await transaction.store.get(slot)
  const privateKey = stored ?? createPrivateKey()
  if (!stored) await transaction.store.put(privateKey, slot)
  await transaction.done
  return privateKey
}

type HeldSlot = { slot: number; release: () => void }

/** Resolves once the lock is held, or with undefined when it stays taken for `waitMs`. */
function holdSlot(locks: LockManager, slot: number, waitMs: number): Promise<HeldSlot | undefined> {
  const options: LockOptions =
    waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true }
  return new Promise((resolve, reject) => {
    locks
      .request(`weft-identity-${slot}`, options, (lock) => {
        if (!lock) return resolve(undefined)
        const { promise, resolve: release } = Promise.withResolvers<void>()
        resolve({ slot, release })
        return promise
      })
      .catch((error: unknown) => {
        const timedOut = error instanceof DOMException && error.name === 'TimeoutError'
        timedOut ? resolve(undefined) : reject(error)
      })
  })
}

/**
 * How much a page may have its visitor's device and purse do, whatever becomes of the element that asks: kept by the
 * page's origin, under a lock of this origin that all its frames share.
 * @module
 */
import { z } from 'zod'
import { canKeep } from './can-keep.ts'

/** Enough for a page that is used, too little for one that works its visitors. */
const perWindow = 30
const windowMs = 10 * 60_000

const askedSchema = z.array(z.number()).max(perWindow)

/**
 * Does the work if no other frame of that page is at it and the page has not asked too often; the lock goes with
 * the frame. Where a frame can keep nothing it counts for itself: a new one has no leave and asks for it anew.
 * Rejects as the work does.
 * @param origin - of the page
 */
export function askInTurn(
  origin: string,
  work: () => Promise<void>,
): Promise<'done' | 'busy' | 'too-many'> {
  const name = `weft.asked.${origin}`
  if (!canKeep()) return askInTurnHere(work)
  return navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return 'busy'
    if (!take(name)) return 'too-many'
    await work()
    return 'done'
  })
}

let isAtWork = false
let askedHere: readonly number[] = []

async function askInTurnHere(work: () => Promise<void>): Promise<'done' | 'busy' | 'too-many'> {
  if (isAtWork) return 'busy'
  const asked = withOneMore(askedHere)
  if (!asked) return 'too-many'
  askedHere = asked
  isAtWork = true
  try {
    await work()
  } finally {
    isAtWork = false
  }
  return 'done'
}

/** Only under the lock. */
function take(name: string): boolean {
  const asked = withOneMore(readAsked(name))
  if (asked) localStorage.setItem(name, JSON.stringify(asked))
  return asked !== null
}

/** @returns null where it would be one too many */
function withOneMore(asked: readonly number[]): number[] | null {
  const nowMs = Date.now()
  const recent = asked.filter((atMs) => atMs <= nowMs && nowMs - atMs < windowMs)
  return recent.length < perWindow ? [...recent, nowMs] : null
}

function readAsked(name: string): number[] {
  try {
    return askedSchema.safeParse(JSON.parse(localStorage.getItem(name) ?? '[]')).data ?? []
  } catch {
    return []
  }
}

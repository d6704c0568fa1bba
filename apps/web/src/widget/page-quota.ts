/**
 * How much a page may have its visitor's device and purse do, whatever becomes of the element that asks: kept by the
 * page's origin, under a lock of this origin that all its frames share.
 * @module
 */
import { z } from 'zod'

/** Enough for a page that is used, too little for one that works its visitors. */
const perWindow = 30
const windowMs = 10 * 60_000

const askedSchema = z.array(z.number()).max(perWindow)

/**
 * Does the work if no other frame of that page is at it and the page has not asked too often; the lock goes with
 * the frame. Rejects as the work does, and with a DOMException where a frame can keep nothing.
 * @param origin - of the page
 */
export function askInTurn(
  origin: string,
  work: () => Promise<void>,
): Promise<'done' | 'busy' | 'too-many'> {
  const name = `weft.asked.${origin}`
  return navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return 'busy'
    if (!take(name)) return 'too-many'
    await work()
    return 'done'
  })
}

/** Only under the lock. */
function take(name: string): boolean {
  const nowMs = Date.now()
  const recent = readAsked(name).filter((atMs) => atMs <= nowMs && nowMs - atMs < windowMs)
  if (recent.length >= perWindow) return false
  localStorage.setItem(name, JSON.stringify([...recent, nowMs]))
  return true
}

function readAsked(name: string): number[] {
  try {
    return askedSchema.safeParse(JSON.parse(localStorage.getItem(name) ?? '[]')).data ?? []
  } catch {
    return []
  }
}

/**
 * Whose word counts: the chain's lot says so, nobody who asks.
 * @module
 */
import { addressFromPeerId, type Hex, limits, type Receipt } from '@weft/protocol'
import { type CourtView, caseIdOf } from './court-view.ts'

/**
 * Whether a receipt ended at a moment that lets the court hear of it now. Anybody signs any time: without this one
 * receipt would have a chain searched back to its beginning, or wait for ever.
 */
export function isTimely(
  { endedAtMs }: Pick<Receipt, 'endedAtMs'>,
  { limitationSeconds }: Pick<CourtView['rules'], 'limitationSeconds'>,
): boolean {
  const ageMs = Date.now() - endedAtMs
  return ageMs >= -limits.maxClockSkewMs && ageMs <= limitationSeconds * 1000
}

/**
 * Whether a verifier was drawn for a receipt: by the panel of its case, by the epoch after it was told, or by the
 * lot that it is checked and paid for.
 * @throws WeftError `payments/chain-lost`; CancelledError between two requests
 */
export async function isDrawn(
  court: Pick<CourtView, 'rules' | 'readCase' | 'panelOf' | 'epochAfter' | 'isSampled' | 'draw'>,
  receipt: Receipt,
  verifier: Hex,
  { signal }: { signal?: AbortSignal } = {},
): Promise<boolean> {
  const receiptId = caseIdOf(receipt)
  const { stage, toldAt } = await court.readCase(receiptId)
  if (stage === 'settled') return false
  if (stage !== 'none') return (await court.panelOf(receiptId)).includes(verifier)
  if (toldAt === 0 && !isTimely(receipt, court.rules)) return false
  const sinceSeconds = toldAt || Math.floor(receipt.endedAtMs / 1000)
  const epoch = await court.epochAfter(sinceSeconds, signal ? { signal } : {})
  if (epoch === null) return false
  if (toldAt === 0 && !(await court.isSampled(receiptId, epoch))) return false
  const node = addressFromPeerId(receipt.nodePeerId)
  return (await court.draw({ receiptId, node, epoch })).includes(verifier)
}

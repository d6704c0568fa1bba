/**
 * Whose word counts: the chain's lot says so, nobody who asks.
 * @module
 */
import { addressFromPeerId, type Hex, type Receipt } from '@weft/protocol'
import { type CourtView, caseIdOf } from './court-view.ts'

/**
 * Whether a verifier was drawn for a receipt: by the panel of its case, by the epoch after it was told, or by the
 * lot that it is checked and paid for.
 */
export async function isDrawn(
  court: Pick<CourtView, 'readCase' | 'panelOf' | 'epochAfter' | 'isSampled' | 'draw'>,
  receipt: Receipt,
  verifier: Hex,
): Promise<boolean> {
  const receiptId = caseIdOf(receipt)
  const { stage, toldAt } = await court.readCase(receiptId)
  if (stage === 'settled') return false
  if (stage !== 'none') return (await court.panelOf(receiptId)).includes(verifier)
  const epoch = await court.epochAfter(toldAt || Math.floor(receipt.endedAtMs / 1000))
  if (epoch === null) return false
  if (toldAt === 0 && !(await court.isSampled(receiptId, epoch))) return false
  const node = addressFromPeerId(receipt.nodePeerId)
  return (await court.draw({ receiptId, node, epoch })).includes(verifier)
}

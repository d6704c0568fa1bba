/**
 * In which order nodes are asked.
 * @module
 */
import type { Offer } from '@weft/protocol'

/**
 * Best first by the power of two choices: of two drawn by lot the cheaper one, so that tabs with the
 * same view do not all run to the same node. What costs infinitely much is left out.
 */
export function rank(offers: readonly Offer[], costMs: (offer: Offer) => number): Offer[] {
  const left = offers
    .map((offer) => ({ offer, cost: costMs(offer) }))
    .filter(({ cost }) => Number.isFinite(cost))
  const ranked: Offer[] = []
  while (left.length > 0) {
    const a = drawIndex(left.length)
    const b = (a + 1 + drawIndex(left.length - 1)) % left.length
    const better = (left[a]?.cost ?? 0) <= (left[b]?.cost ?? 0) ? a : b
    ranked.push(...left.splice(better, 1).map(({ offer }) => offer))
  }
  return ranked
}

function drawIndex(length: number): number {
  return Math.floor(Math.random() * length)
}

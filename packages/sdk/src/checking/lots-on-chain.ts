/**
 * The lot as the chain casts it: the first epoch recorded after a receipt says whether it is checked, and by whom.
 * @module
 */
import { addressFromPeerId, CancelledError, pause, WeftError } from '@weft/protocol'
import { type CourtView, caseIdOf } from './court-view.ts'
import type { Lots } from './lots.ts'

export type LotsOnChainInit = {
  court: Pick<CourtView, 'rules' | 'epochAfter' | 'isSampled' | 'draw'>
  /** How often the chain is asked for the epoch. */
  lookEveryMs?: number
}

/** An epoch after the receipt's own begins in one; verifiers record it in the course of it. */
const epochsToWait = 3

/** Its lots: @throws WeftError `sdk/no-lot` where nobody records an epoch in time; `payments/chain-lost` */
export function createLotsOnChain({ court, lookEveryMs }: LotsOnChainInit): Lots {
  const { epochSeconds } = court.rules
  const everyMs = lookEveryMs ?? Math.min(15_000, Math.max(1_000, epochSeconds * 200))

  return {
    async lotOf(receipt, { signal }) {
      const endMs = Date.now() + epochsToWait * epochSeconds * 1000
      const id = caseIdOf(receipt)
      const node = addressFromPeerId(receipt.nodePeerId)
      for (;;) {
        const epoch = await court.epochAfter(
          Math.floor(receipt.endedAtMs / 1000),
          signal ? { signal } : {},
        )
        if (epoch !== null) {
          const isSampled = await court.isSampled(id, epoch)
          return {
            isSampled,
            drawn: isSampled ? await court.draw({ receiptId: id, node, epoch }) : [],
          }
        }
        if (Date.now() > endMs) throw noLot(epochSeconds)
        await pause(everyMs, signal)
        if (signal?.aborted) throw new CancelledError({ subject: 'The lot', cause: signal.reason })
      }
    },
  }
}

function noLot(epochSeconds: number): WeftError {
  return new WeftError(
    'sdk/no-lot',
    'Nobody has cast the lot for this answer on the chain: no verifier seems to be there. Have it checked by any tab instead.',
    { facts: [`An epoch lasts ${epochSeconds} seconds.`, `Waited for ${epochsToWait} of them.`] },
  )
}

/**
 * Verifiers with a seat give each epoch its number: without it nobody is drawn. One of them is enough, so each waits
 * for a while of its own and looks whether another was quicker.
 * @module
 */
import { numberEpoch } from '@weft/payments'
import { pause } from '@weft/protocol'
import type { Standing } from './court-state.ts'
import type { CourtView } from './court-view.ts'

export type RecordEpochsInit = {
  court: Pick<CourtView, 'rules' | 'now' | 'lastEpoch'> & {
    send: Pick<CourtView['send'], 'record'>
  }
  /** See `canRecord`. */
  mayRecord: () => boolean
}

/** What recording takes of the fee of a case, amply. */
const recordShare = 10n

/** Drawn now, as far as the last epoch tells. */
function isSeated(standing: Pick<Standing, 'seat' | 'lastEpoch'> | null): boolean {
  const seat = standing?.seat
  return Boolean(seat && (seat.untilEpoch === null || seat.untilEpoch > (standing?.lastEpoch ?? 0)))
}

/** Whether a tab has a seat, and more coins than a case takes: epochs come for ever, and a case needs them. */
export function canRecord(standing: Standing | null): boolean {
  if (!standing || !isSeated(standing)) return false
  const { gasWei, caseFeeWei } = standing
  return gasWei >= caseFeeWei + caseFeeWei / recordShare
}

/** Of an epoch: within so much of it everybody has had a turn. */
const spread = 0.5
/** And within so many seconds: who builds blocks has a say in the number, and should find it taken. */
const mostSeconds = 10

/** Waits for this tab's turn in the running epoch, and records it if nobody has. */
export async function recordEpoch(
  { court, mayRecord }: RecordEpochsInit,
  signal: AbortSignal,
): Promise<void> {
  const { epochSeconds } = court.rules
  const now = await court.now()
  const running = Math.floor(now / epochSeconds)
  if (!mayRecord() || (await court.lastEpoch()) >= running) {
    return pause(1000 * (epochSeconds * (running + 1) - now), signal)
  }
  const withinSeconds = Math.min(mostSeconds, spread * epochSeconds)
  await pause(Math.random() * withinSeconds * 1000, signal)
  if (signal.aborted || !mayRecord() || (await court.lastEpoch()) >= running) return
  // Where another one has begun it, this goes on with it; in the same block it is refused, before anything is sent if
  // we are lucky.
  await numberEpoch(court, { signal })
}

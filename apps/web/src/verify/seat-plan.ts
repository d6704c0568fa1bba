/**
 * What stands between a tab and a seat, a transaction each.
 * @module
 */
import type { OperatorOnChain } from '@weft/payments/chain'
import type { Standing } from '@weft/sdk'

/** As bits of a key's roles: 1 computes, 2 verifies. See Registry. */
const both = 3
const verifies = 2

export type SeatStep =
  | { name: 'register'; roles: number }
  | { name: 'role'; roles: number }
  | { name: 'stake'; wei: bigint }
  | { name: 'fees' }
  | { name: 'seat' }

/** @param needsFees - the tab's key has too few coins to tell the court anything */
export function seatPlan(
  { owner, roles, stakeWei }: Pick<OperatorOnChain, 'owner' | 'roles' | 'stakeWei'>,
  { minimumStakeWei, needsFees }: { minimumStakeWei: bigint; needsFees: boolean },
): SeatStep[] {
  const steps: SeatStep[] = []
  if (owner === null) steps.push({ name: 'register', roles: both })
  else if ((roles & verifies) === 0) steps.push({ name: 'role', roles: roles | verifies })
  if (stakeWei < minimumStakeWei) steps.push({ name: 'stake', wei: minimumStakeWei - stakeWei })
  if (needsFees) steps.push({ name: 'fees' })
  return [...steps, { name: 'seat' }]
}

/** Where a seat stands; `left` keeps its times until all cases are over that it can concern. */
export function seatPhase({ seat, lastEpoch }: Pick<Standing, 'seat' | 'lastEpoch'>) {
  if (!seat) return 'none'
  if (seat.untilEpoch !== null) return seat.untilEpoch > lastEpoch ? 'leaving' : 'left'
  return seat.fromEpoch > lastEpoch ? 'coming' : 'drawn'
}

/**
 * What a case costs who brings it, and whether a key can pay for it.
 * @module
 */
import { addressFromPeerId, type Hex, WeftError } from '@weft/protocol'
import type { CourtView } from './court-view.ts'

/** Ample for an appeal whose panel is at odds, told to unseated, where four seats in five are dead (forge measures). */
const baseGas = 250_000n
const gasPerMember = 280_000n
/** A seat's stake by so much: for less nobody pays the fees of a case. */
const leastStakeShare = 100n

/** @returns what a case takes who tells, accuses, gathers votes, settles and unseats */
export function caseGasOf({
  panelSize,
  appealSize,
}: Pick<CourtView['rules'], 'panelSize' | 'appealSize'>): bigint {
  return baseGas + gasPerMember * BigInt(panelSize + appealSize)
}

/** @returns whether a node has enough at stake for a case to be worth its fees */
export async function isWorthACase(
  court: Pick<CourtView, 'rules' | 'readStake'>,
  nodePeerId: string,
): Promise<boolean> {
  const stakeWei = await court.readStake(addressFromPeerId(nodePeerId))
  return stakeWei > 0n && stakeWei >= court.rules.minimumStakeWei / leastStakeShare
}

/** @returns what is the matter where a key has too few coins for a case; null where it has enough */
export async function lackOfFees(
  court: Pick<CourtView, 'rules' | 'readFees'>,
  address: Hex,
): Promise<WeftError | null> {
  const { gasWei, perGasWei } = await court.readFees(address)
  const neededWei = caseGasOf(court.rules) * perGasWei
  if (gasWei >= neededWei) return null
  return new WeftError(
    'sdk/court-fees',
    'This tab’s key has too few coins for the fees of a case. Send it some; until then nobody is accused.',
    { facts: [`A case takes up to ${neededWei} wei, the key has ${gasWei} wei.`] },
  )
}

/**
 * The rules of Verdicts, as a deployment has them.
 * @module
 */
import type { verdictsAbi } from '@weft/contracts'
import type { Hex } from '@weft/protocol'
import type { PublicClient } from 'viem'

/** As the contract was made; times in seconds, shares in basis points. */
export type CourtRules = {
  epochSeconds: number
  /** So long after it a draw counts for a new case, and a receipt may become one. */
  limitationSeconds: number
  /** For an appeal, and again for the larger panel. */
  answerSeconds: number
  /** For a seat. */
  minimumStakeWei: bigint
  appealBondWei: bigint
  /** Of all receipts so many are checked and paid for. */
  sampleBps: number
  panelSize: number
  appealSize: number
  /** Of its stake: what a convicted node loses, and a verifier whose verdict did not hold. */
  slashBps: number
  minorityBps: number
}

export async function readRules(
  reader: PublicClient,
  verdicts: { address: Hex; abi: typeof verdictsAbi },
): Promise<CourtRules> {
  const read = (functionName: RuleName) => reader.readContract({ ...verdicts, functionName })
  const [minimumStakeWei = 0n, appealBondWei = 0n, ...rest] = await Promise.all(
    ruleNames.map(async (name) => BigInt(await read(name))),
  )
  const [epochSeconds = 0, limitationSeconds = 0, answerSeconds = 0, ...others] = rest.map(Number)
  const [sampleBps = 0, panelSize = 0, appealSize = 0, slashBps = 0, minorityBps = 0] = others
  return {
    ...{ epochSeconds, limitationSeconds, answerSeconds, minimumStakeWei, appealBondWei },
    ...{ sampleBps, panelSize, appealSize, slashBps, minorityBps },
  }
}

const ruleNames = [
  'minimumStake',
  'appealBond',
  'epochSeconds',
  'limitation',
  'answerSeconds',
  'sampleBps',
  'panelSize',
  'appealSize',
  'slashBps',
  'minorityBps',
] as const
type RuleName = (typeof ruleNames)[number]

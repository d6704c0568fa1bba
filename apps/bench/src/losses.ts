/**
 * What cheating about money costs the honest side, tried many times on a real chain over real streams, each time
 * at another moment and in another order; and what is said that it costs at most.
 * @module
 */
import { hostileCases, openMoneyStage, seeded } from '@weft/sdk/testing/hostile'
import { type Bench, type BenchOptions, type BenchReport, rounded } from './report.ts'

type Tried = { lossWei: bigint; boundWei: bigint; ofBound: number }

const leastRuns = 10
const seed = 20_261_122

export const losses: Bench = {
  describe: 'what hostile payers and nodes cost the honest side, against the stated bounds',
  goals: { casesOverBound: '0', worstLossOfBound: '<= 1' },
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const tries = Math.max(runs, leastRuns)
    const stage = await openMoneyStage()
    try {
      const rows = []
      for (const { by, what, run } of hostileCases) {
        const random = seeded(seed)
        const tried: Tried[] = []
        for (let index = 0; index < tries; index += 1) {
          const { lossWei, boundWei } = await run(stage, random)
          tried.push({ lossWei, boundWei, ofBound: shareOf(lossWei, boundWei) })
        }
        const worst = tried.reduce((a, b) => (b.ofBound > a.ofBound ? b : a))
        rows.push({
          case: `${by} ${what}`,
          lossMaxWei: worst.lossWei.toString(),
          boundWei: worst.boundWei.toString(),
          ratio: rounded(worst.ofBound, 3),
        })
      }
      const ratios = rows.map(({ ratio }) => ratio)
      return {
        name: 'losses',
        metrics: {
          cases: rows.length,
          triesPerCase: tries,
          casesOverBound: ratios.filter((ratio) => ratio > 1).length,
          worstLossOfBound: Math.max(...ratios),
        },
        notes: [
          'Of each case the try that came nearest to its bound. Bounds follow from the policy: 8 tokens unpaid, 24 lost, 60 not redeemed, an eighth of what is usual and less, so that short answers meet them. A bound of 0: nothing may be lost.',
        ],
        rows,
      }
    } finally {
      await stage.close()
    }
  },
}

/** Of nothing, nothing is 0 and everything else too much. */
function shareOf(lossWei: bigint, boundWei: bigint): number {
  if (lossWei === 0n) return 0
  return Number(lossWei) / Number(boundWei)
}

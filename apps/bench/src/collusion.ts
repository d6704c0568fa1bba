/**
 * What a coalition of a node, a client and three in ten verifiers gains, played against the contracts again and
 * again: each time another draw, from the same beginning.
 * @module
 */
import { formatEther } from 'viem'
import { type Played, plots } from './collusion/plots.ts'
import { openTown } from './collusion/town.ts'
import { type Bench, type BenchOptions, type BenchReport, rounded } from './report.ts'

const town = { verifiers: 20, colluding: 6 }
const leastRuns = 60

export const collusion: Bench = {
  describe: 'what a coalition of node, client and verifiers gains by plotting',
  goals: { bestMeanGainWeft: '<= 0', honestLosers: '0' },
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const tries = Math.max(runs, leastRuns)
    const opened = await openTown(town)
    try {
      const rows = []
      for (const { name, description, play } of plots) {
        const played: Played[] = []
        for (let index = 0; index < tries; index += 1) {
          played.push(await opened.apart(() => play(opened)))
        }
        const gains = played.map(({ gainWei }) => weft(gainWei))
        const ended = (end: string) => played.filter((each) => each.end === end).length / tries
        rows.push({
          plot: name,
          meanWeft: rounded(gains.reduce((sum, gain) => sum + gain, 0) / tries, 4),
          bestWeft: rounded(Math.max(...gains), 4),
          worstWeft: rounded(Math.min(...gains), 4),
          convicted: rounded(ended('convicted'), 3),
          acquitted: rounded(ended('acquitted'), 3),
          honestLosers: played.filter(({ honestWei }) => honestWei < 0n).length,
          description,
        })
      }
      return {
        name: 'collusion',
        metrics: {
          bestMeanGainWeft: Math.max(...rows.map(({ meanWeft }) => meanWeft)),
          honestLosers: rows.reduce((sum, { honestLosers }) => sum + honestLosers, 0),
          colludingVerifiers: rounded(town.colluding / town.verifiers),
          triesPerPlot: tries,
        },
        notes: [
          '100 WEFT at stake for each; panels of 5, then 15. Wealth is everything that the coalition has on the chain, fees not counted; a cheat is given 0.01 WEFT for each answer that it did not compute.',
        ],
        rows,
      }
    } finally {
      await opened.close()
    }
  },
}

const weft = (wei: bigint) => Number(formatEther(wei))

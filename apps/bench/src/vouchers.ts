/**
 * How fast a tab signs and checks vouchers, and what that costs a node for each token.
 * @module
 */
import type { VoucherPage } from '../voucher-page/voucher-page.ts'
import { type Bench, type BenchOptions, type BenchReport, median, rounded } from './report.ts'
import { openStage } from './stage.ts'

declare global {
  interface Window {
    voucherPage: VoucherPage
  }
}

type Row = Bare & Whole
type Bare = ReturnType<VoucherPage['bare']>
type Whole = Awaited<ReturnType<VoucherPage['whole']>>

const leastRuns = 5
const bareCount = 500
const wholeCount = 200
/** By the default credit of a node. */
const tokensOfVoucher = 32

export const vouchers: Bench = {
  describe: 'vouchers signed and checked in a tab, bare and with accounts on disk',
  goals: { signPerSecond: '>= 1000', checkPerSecond: '>= 800' },
  async run({ runs }: BenchOptions): Promise<BenchReport> {
    const stage = await openStage('vouchers')
    try {
      const page = await stage.openTab()
      await page.waitForFunction(() => 'voucherPage' in window)
      const bare = () => page.evaluate((count) => window.voucherPage.bare(count), bareCount)
      const whole = () => page.evaluate((count) => window.voucherPage.whole(count), wholeCount)
      // Compiled code, and the tables of the curve.
      await bare()
      const rows: Row[] = []
      for (let run = 0; run < Math.max(runs, leastRuns); run += 1) {
        rows.push({ ...(await bare()), ...(await whole()) })
      }
      const of = (pick: (row: Row) => number) => rounded(median(rows.map(pick)), 0)
      const checkPerSecond = of((row) => row.checkPerSecond)
      return {
        name: 'vouchers',
        metrics: {
          signPerSecond: of((row) => row.signPerSecond),
          checkPerSecond,
          payPerSecond: of((row) => row.payPerSecond),
          takePerSecond: of((row) => row.takePerSecond),
          checkMsPerToken: rounded(1000 / checkPerSecond / tokensOfVoucher, 4),
        },
        notes: [
          'pay: within the cap, written to IndexedDB with strict durability, then signed. take: checked, accounted, written; no token waits for that.',
          `A node takes a voucher for every ${tokensOfVoucher} tokens.`,
        ],
        rows: rows.map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value, 0)])),
        ),
      }
    } finally {
      await stage.close()
    }
  },
}

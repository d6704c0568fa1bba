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

type Row = Bare & Whole & Node
type Bare = ReturnType<VoucherPage['bare']>
type Whole = Awaited<ReturnType<VoucherPage['whole']>>
type Node = Awaited<ReturnType<VoucherPage['node']>>

const leastRuns = 5
const bareCount = 500
const wholeCount = 200
const nodeTokens = 6_400
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
      const node = () => page.evaluate((tokens) => window.voucherPage.node(tokens), nodeTokens)
      // Compiled code, and the tables of the curve.
      await bare()
      const rows: Row[] = []
      for (let run = 0; run < Math.max(runs, leastRuns); run += 1) {
        rows.push({ ...(await bare()), ...(await whole()), ...(await node()) })
      }
      const of = (pick: (row: Row) => number) => rounded(median(rows.map(pick)), 0)
      const nodeMsPerToken = rounded(median(rows.map((row) => row.nodeMsPerToken)), 4)
      return {
        name: 'vouchers',
        metrics: {
          signPerSecond: of((row) => row.signPerSecond),
          checkPerSecond: of((row) => row.checkPerSecond),
          payPerSecond: of((row) => row.payPerSecond),
          takePerSecond: of((row) => row.takePerSecond),
          nodeMsPerToken,
        },
        notes: [
          'pay: within the cap, written to IndexedDB with strict durability, then signed. take: checked, accounted, written; no token waits for that.',
          `node: all that it does for payment, a voucher for every ${tokensOfVoucher} tokens. Beside its other work: bench paid.`,
        ],
        rows: rows.map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value, 3)])),
        ),
      }
    } finally {
      await stage.close()
    }
  },
}
